"""Effects on the chance to adopt, in words that name the node and the record."""

from collections.abc import Callable, Mapping

import numpy as np

from gnn.explain.effect import LABELS, Effect, Kind
from gnn.explain.policies import change_words
from gnn.features.adoption import AdoptionFeatures
from gnn.features.leaders import works
from gnn.prediction import Reason, strongest
from gnn.reasons import points, policy_words, told
from gnn.roll_ups import FEWEST_PRESCRIBERS
from gnn.view import Integers, View
from graph.history.snapshot_tables import date_of

CLASSES: Mapping[Kind, tuple[str, ...]] = {
    Kind.PEER: ("network", "prescribing"),
    Kind.CALLS: ("alignment", "interaction"),
    Kind.MESSAGES: ("alignment", "interaction"),
    Kind.ACCOUNT: ("alignment", "network", "prescribing"),
    Kind.POLICY: ("coverage", "prescribing"),
    Kind.CHANGE: ("coverage", "prescribing"),
    Kind.PLAN: ("coverage", "prescribing", "therapy"),
    Kind.VOLUME: ("prescribing",),
    Kind.EXPERIENCE: ("public_identity",),
    Kind.SPECIALTY: ("alignment", "prescribing", "public_identity"),
    Kind.TERRITORY: ("alignment", "prescribing"),
    Kind.POSITION: ("network",),
    Kind.STANDING: ("research", "scientific"),
}
"""Data classes that the words of a kind speak of.

Which plans an HCP has is told by its prescribing. What speaks of everybody's calls or prescribing needs the alignment
of territories beside it, which keeps it from those who may read of their own territory or calls alone.
"""
NODES: Mapping[str, str] = {"hcp": "HCP", "account": "Account", "plan": "Plan", "policy": "CoveragePolicy"}


class AdoptionReasons:
    """Sentences about what acts on an HCP; the product is that of ``features``."""

    def __init__(self, view: View, features: AdoptionFeatures) -> None:
        snapshot = view.snapshot
        self.view, self.features = view, features
        self.ids = {table: snapshot.column(table, "id").tolist() for table in NODES}
        self.names = [f"NPI {npi}" for npi in snapshot.column("hcp", "npi").tolist()]
        self.brand = str(snapshot.column("product", "brand")[features.product])
        self._colleagues = np.asarray(view.at_account.sum(axis=0)).ravel() - 1
        self._contacts = {Kind.CALLS: self._dated(0), Kind.MESSAGES: self._dated(1)}
        source = snapshot.reference("nomination", "target", "hcp")
        self._named = np.bincount(source[source >= 0], minlength=view.hcps)
        self._works = works(view)
        self._words: Mapping[Kind, Callable[[int, int], str | None]] = {
            Kind.PEER: self._peer,
            Kind.CALLS: lambda hcp, _: self._contacted(hcp, Kind.CALLS, "call on", "calls on"),
            Kind.MESSAGES: lambda hcp, _: self._contacted(hcp, Kind.MESSAGES, "message to", "messages to"),
            Kind.ACCOUNT: self._account,
            Kind.POLICY: self._policy,
            Kind.CHANGE: self._change,
            Kind.PLAN: self._plan,
            Kind.VOLUME: self._volume,
            Kind.EXPERIENCE: self._experience,
            Kind.SPECIALTY: lambda hcp, _: self._ahead("specialty", float(self._own(hcp, "specialty_ahead"))),
            Kind.TERRITORY: lambda hcp, _: self._ahead("territory", float(self._own(hcp, "territory_ahead"))),
            Kind.POSITION: self._position,
            Kind.STANDING: self._standing,
        }

    def of(self, hcp: int, effects: tuple[Effect, ...]) -> tuple[Reason, ...]:
        """The strongest reasons of an HCP; what may not be told is left out."""
        found = []
        for one in effects:
            words = self._words[one.kind](hcp, one.node)
            if words is not None:
                table = LABELS.get(one.kind, "hcp")
                text = f"{words}: {points(one.value)}"
                found.append(Reason(NODES[table], self.ids[table][one.node], text, one.value, CLASSES[one.kind]))
        return strongest(found)

    def _own(self, hcp: int, name: str) -> float:
        return float(self.features.practice.column(name)[hcp])

    def _peer(self, hcp: int, peer: int) -> str:
        ties = self.view.ties
        sends, gets = int(ties[hcp, peer]), int(ties[peer, hcp])
        ways = []
        if sends:
            ways.append(f"to whom it sends {told(sends)} patients")
        if gets:
            ways.append(f"who sends it {told(gets)} patients")
        return f"{self.names[peer]}, {' and '.join(ways)}, prescribes {self.brand}"

    def _contacted(self, hcp: int, kind: Kind, one: str, several: str) -> str:
        count, last = self._contacts[kind]
        number = int(count[hcp])
        return f"{number} {one if number == 1 else several} {self.names[hcp]}, the last on {date_of(int(last[hcp]))}"

    def _dated(self, email: int) -> tuple[Integers, Integers]:
        """[hcp]: number and last day of calls or messages."""
        table, hcp = self.view.snapshot.tables["call"], self.view.snapshot.reference("call", "hcp", "hcp")
        used = (hcp >= 0) & (table["email"] == email)
        last = np.zeros(self.view.hcps, dtype=np.int64)
        np.maximum.at(last, hcp[used], table["occurred_on"][used])
        return np.bincount(hcp[used], minlength=self.view.hcps), last

    def _account(self, hcp: int, account: int) -> str | None:
        if self._colleagues[account] < FEWEST_PRESCRIBERS:
            return None  # it would tell of single colleagues
        name = str(self.view.snapshot.column("account", "name")[account]) or self.ids["account"][account]
        more = self._own(hcp, "colleagues_ahead")
        return (
            f"at {name}, where {self.names[hcp]} works, {_often(more)} colleagues prescribe {self.brand} than elsewhere"
        )

    def _plan_under(self, hcp: int, policy: int) -> str:
        """The plan of the HCP with most starts among those under a policy."""
        mix = self.features.plan_mix
        row = slice(mix.indptr[hcp], mix.indptr[hcp + 1])
        plans, starts = mix.indices[row], mix.data[row]
        under = self.view.policy[plans, self.features.product] == policy
        return str(self.view.snapshot.column("plan", "name")[plans[under][starts[under].argmax()]])

    def _policy(self, hcp: int, policy: int) -> str:
        return policy_words(self.view.snapshot, policy, self._plan_under(hcp, policy), self.brand)

    def _change(self, hcp: int, policy: int) -> str:
        return change_words(self.view, policy, self._plan_under(hcp, policy), self.brand)

    def _plan(self, hcp: int, plan: int) -> str:
        friction = self._own(hcp, "expected_friction")
        name = self.view.snapshot.column("plan", "name")[plan]
        return (
            f"{100 * friction:.0f} % of starts of {self.brand} are not dispensed under its plans, first of all {name}"
        )

    def _volume(self, hcp: int, _node: int) -> str:
        size = told(round(float(self.features.class_volume[hcp])))
        return f"{self.names[hcp]} writes {size} starts of competing products a quarter"

    def _experience(self, hcp: int, _node: int) -> str:
        return f"{self.names[hcp]} has had its NPI for {self._own(hcp, 'years'):.0f} years"

    def _ahead(self, group: str, more: float) -> str:
        return f"{_often(more)} prescribers of its {group} prescribe {self.brand} than of others"

    def _position(self, hcp: int, _node: int) -> str:
        return f"{self.names[hcp]} shares patients with {np.expm1(self._own(hcp, 'degree')):.0f} others"

    def _standing(self, hcp: int, _node: int) -> str:
        named, work = int(self._named[hcp]), int(self._works[hcp])
        times = "once" if named == 1 else f"{named} times"
        return f"{self.names[hcp]} was named {times} by colleagues; scientific works of three years: {work}"


def _often(more: float) -> str:
    return "more" if more > 0 else "fewer"
