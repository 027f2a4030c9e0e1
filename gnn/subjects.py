"""Whom a question names: an HCP, plan, payer, account, territory or cohort segment by any key that the API shows."""

from collections.abc import Collection
from dataclasses import dataclass

from graph.errors import NotFound
from graph.store import Store

WORDS = {
    "HCP": "an HCP",
    "Plan": "a plan",
    "Payer": "a payer",
    "Account": "an account",
    "Territory": "a territory",
    "CohortSegment": "a cohort segment",
}
KEYS = {
    "HCP": "an NPI",
    "Plan": "a planKey or name of a plan",
    "Payer": "the name of a payer",
    "Account": "an NPI, CCN or name of an account",
    "Territory": "a territoryId or name of a territory",
}
"""What may be given instead of an id."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One node of the twin; ``name`` is how people call it, ``level`` that of a territory or segment."""

    label: str
    id: str
    name: str
    level: str | None = None


def find_subject(store: Store, called: str, labels: Collection[str] = tuple(WORDS)) -> Subject:
    """The one node with a label of ``labels`` that has this id, key or name; raise `NotFound` for none or several."""
    rows = [row for row in store.read("analytics/entities_called", called=called) if row["label"] in labels]
    if not rows:
        keys = ", ".join(words for label, words in KEYS.items() if label in labels)
        raise NotFound(f"nothing is called {called!r}: give an id as the API shows it, or {keys}")
    if len(rows) > 1:
        several = ", ".join(f"{row['id']} ({WORDS[row['label']]})" for row in rows)
        raise NotFound(f"{len(rows)} are called {called!r}: name one by its id: {several}")
    row = rows[0]
    known = [text for text in (row["name"], row["key"]) if text]
    name = f"{known[0]} ({known[1]})" if len(known) == 2 else known[0] if known else row["id"]
    return Subject(row["label"], row["id"], name, row["level"])
