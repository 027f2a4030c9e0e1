"""Plans that fit what was just written."""

from graph.progress import say
from graph.store.lean import analytics_blocked
from graph.store.store import Store

with analytics_blocked():
    from neo4j.exceptions import ClientError

REPLAN = "CALL db.prepareForReplanning(60)"


def plan_anew(store: Store) -> None:
    """Sample the indexes now and forget kept plans.

    Neo4j samples in the background, some time after a write. A reader who asks in between gets a plan made for the
    sizes of before, on a new graph for empty indexes: it may take minutes, and is kept. Where the procedure is not to
    be had (a managed server, a user who is no administrator) nothing is lost but time, and a line says so.
    """
    try:
        store.write(REPLAN)
    except ClientError as error:
        say(f"Neo4j does not let this user sample indexes ({error.code}): the first answers may be slow")
