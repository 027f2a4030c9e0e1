"""What an element is, in a few words: without the numbers that a reason tells of it."""

from collections.abc import Callable

import numpy as np

from gnn.explain.effect import Effect, Kind
from gnn.roll_ups import FEWEST_PRESCRIBERS
from gnn.view import View

OWN = {
    Kind.CALLS: "calls on it",
    Kind.MESSAGES: "messages to it",
    Kind.RECORD: "its own mature starts",
    Kind.SURROUNDINGS: "starts by those around it",
    Kind.VOLUME: "its volume of competing products",
    Kind.EXPERIENCE: "its years in practice",
    Kind.SPECIALTY: "its specialty",
    Kind.TERRITORY: "its territory",
    Kind.POSITION: "its position in the network",
    Kind.STANDING: "nominations and scientific works",
}


def element_words(view: View, product: int, *, of_colleagues: bool) -> Callable[[Effect], str | None]:
    """From an element to its words.

    None where accounts speak of colleagues and one has so few that it would tell of single ones.
    """
    snapshot = view.snapshot
    npi, plan = snapshot.column("hcp", "npi"), snapshot.column("plan", "name")
    account = np.where(
        snapshot.column("account", "name") == "", snapshot.column("account", "id"), snapshot.column("account", "name")
    )
    colleagues = np.asarray(view.at_account.sum(axis=0)).ravel() - 1

    def words(one: Effect) -> str | None:
        if one.kind is Kind.PEER:
            return f"prescribing of NPI {npi[one.node]}"
        if one.kind is Kind.ACCOUNT:
            few = of_colleagues and colleagues[one.node] < FEWEST_PRESCRIBERS
            return None if few else f"working at {account[one.node]}"
        if one.kind is Kind.PLAN:
            return f"claims under {plan[one.node]}"
        if one.kind in (Kind.POLICY, Kind.CHANGE):
            under = np.flatnonzero(view.policy[:, product] == one.node)
            more = (
                "" if len(under) == 1 else " and another plan" if len(under) == 2 else f" and {len(under) - 1} others"
            )
            what = "policy of" if one.kind is Kind.POLICY else "newest policy change of"
            return f"{what} {plan[under[0]]}{more}"
        return OWN[one.kind]

    return words
