"""Plans that fit what was just written."""

from graph.progress import say
from graph.store.lean import analytics_blocked
from graph.store.store import Store

with analytics_blocked():
    from neo4j.exceptions import ClientError

REPLAN = "CALL db.prepareForReplanning(60)"
COUNT = "RETURN COUNT { () } + COUNT { ()-->() } AS things"
GROWN = 0.1
"""A graph in which a smaller share has changed is planned for well enough; Neo4j samples such changes by itself."""


def plan_anew(store: Store, *, changed: int | None = None) -> None:
    """Sample the indexes now and forget kept plans, unless few things have ``changed`` of all that are there.

    Neo4j samples in the background, some time after a write. A reader who asks in between gets a plan made for the
    sizes of before, on a new graph for empty indexes: it may take minutes, and is kept. Where the procedure is not to
    be had (a managed server, a user who is no administrator) nothing is lost but time, and a line says so.
    """
    if changed is not None and changed < GROWN * store.read(COUNT)[0]["things"]:
        return
    try:
        store.write(REPLAN)
    except ClientError as error:
        say(f"Neo4j does not let this user sample indexes ({error.code}): the first answers may be slow")
