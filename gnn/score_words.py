"""Reasons of access friction, in words that name the plan, account or HCP they point at."""

from typing import TYPE_CHECKING

import numpy as np

from gnn.expected import Expected
from gnn.explain.effect import Kind
from gnn.explain.policies import before, change_words
from gnn.levels import account_of
from gnn.prediction import Reason, strongest
from gnn.reasons import counts_words, points, policy_words
from gnn.roll_ups import RollUps
from gnn.view import Integers, View, counted
from graph.schema.therapy import BARRIERS

if TYPE_CHECKING:
    from gnn.score_friction import Rows


class FrictionWords:
    """Counts of mature starts by plan, account and HCP, and the sentences made of them.

    Starts count for the plans and accounts whose roll-ups may be told: no sentence tells what is withheld there.
    """

    def __init__(self, view: View, cells: Expected, told: RollUps) -> None:
        self.view = view
        starts = view.starts
        used = starts.whole & starts.mature
        self._at, self._told = account_of(view), told
        row = cells.rows_of(view, starts.hcp[used], starts.product[used], starts.plan[used])
        barrier, products = len(BARRIERS), view.products
        self._count, self._lost = {}, {}
        for kind, size, code, kept in (
            ("plan", view.plans, starts.plan, told.plan[row]),
            ("account", view.accounts, self._at[starts.hcp], told.account[row]),
            ("hcp", view.hcps, starts.hcp, np.ones(len(row), dtype=bool)),
        ):
            keep = np.flatnonzero(used)[kept]
            cell = code[keep] * products + starts.product[keep]
            lost = starts.lost[keep]
            self._count[kind] = counted(size * products, cell).reshape(size, products)
            self._lost[kind] = counted((size * products, barrier), (cell[lost], starts.barrier[keep][lost])).reshape(
                size, products, barrier
            )
        snapshot = view.snapshot
        self._id = {kind: snapshot.column(kind, "id").tolist() for kind in ("plan", "account", "hcp", "policy")}
        self._name = {
            kind: [
                name or other
                for name, other in zip(snapshot.column(kind, "name").tolist(), self._id[kind], strict=True)
            ]
            for kind in ("plan", "account")
        }
        self._name["hcp"] = [f"NPI {npi}" for npi in snapshot.column("hcp", "npi").tolist()]
        self._brand = snapshot.column("product", "brand").tolist()
        self._policy_words: dict[tuple[int, int], tuple[str, str | None]] = {}

    def of_row(self, rows: "Rows", row: int) -> tuple[Reason, ...]:
        """Reasons of one HCP, product and plan."""
        cells = rows.cells
        hcp, product, plan = int(cells.hcp[row]), int(cells.product[row]), int(cells.plan[row])
        share = {kind: float(values[row]) for kind, values in rows.effect.items()}
        found = self._coverage(plan, product, share)
        account = int(self._at[hcp])
        if account >= 0:
            found.append(self._seen("account", "Account", account, product, share[Kind.ACCOUNT], ("therapy",)))
        own = ("prescribing", "therapy")
        found.append(self._seen("hcp", "HCP", hcp, product, share[Kind.RECORD], own))
        around = share[Kind.SURROUNDINGS]
        text = (
            f"starts by those {self._name['hcp'][hcp]} shares patients, territory or specialty with: {points(around)}"
        )
        classes = ("alignment", "network", "prescribing", "therapy")
        found.append(Reason("HCP", self._id["hcp"][hcp], text, around, classes))
        return strongest(found)

    def of_plan(self, rows: "Rows", inside: Integers, plan: int, product: int) -> tuple[Reason, ...]:
        """Reasons of a plan and product: its policy, and what its claims show."""
        return strongest(self._coverage(plan, product, self._means(rows, inside)))

    def of_group(self, rows: "Rows", inside: Integers, level: str, number: int, product: int) -> tuple[Reason, ...]:
        """Reasons of a payer, account or territory: the plan that costs most starts there; the account's own record."""
        cells = rows.cells
        loss = cells.expected[inside] * rows.value[inside]
        plans = np.bincount(cells.plan[inside], loss, minlength=self.view.plans)
        plan = int(plans.argmax())
        there = inside[cells.plan[inside] == plan]
        found = self._coverage(plan, product, self._means(rows, there))
        account = number if level == "account" else -1
        if level == "territory":
            at = self._at[cells.hcp[inside]]
            account = int(np.bincount(at[at >= 0], loss[at >= 0]).argmax()) if (at >= 0).any() else -1
            inside = inside[(at == account) & self._told.account[inside]]
        # Where none of its rows may be told, nor may its record.
        if account >= 0 and len(inside):
            share = self._means(rows, inside)[Kind.ACCOUNT]
            found.append(self._seen("account", "Account", account, product, share, ("therapy",)))
        return strongest(found)

    def _means(self, rows: "Rows", inside: Integers) -> dict[Kind, float]:
        if not len(inside):
            return dict.fromkeys(rows.effect, 0.0)
        return {kind: rows.cells.mean(inside, values[inside]) for kind, values in rows.effect.items()}

    def _coverage(self, plan: int, product: int, share: dict[Kind, float]) -> list[Reason]:
        """What claims show of the plan; what its policy asks for, and what that changed last."""
        found = [self._seen("plan", "Plan", plan, product, share[Kind.PLAN], ("coverage", "therapy"))]
        row = int(self.view.policy[plan, product])
        if row >= 0:
            name, brand = self._name["plan"][plan], self._brand[product]
            key = (plan, product)
            if key not in self._policy_words:
                changed = change_words(self.view, row, name, brand) if before(self.view, row) else None
                self._policy_words[key] = policy_words(self.view.snapshot, row, name, brand), changed
            for kind, words in zip((Kind.POLICY, Kind.CHANGE), self._policy_words[key], strict=True):
                if words is not None:
                    text = f"{words}: {points(share[kind])}"
                    found.append(Reason("CoveragePolicy", self._id["policy"][row], text, share[kind], ("coverage",)))
        return found

    def _seen(self, kind: str, label: str, number: int, product: int, share: float, classes: tuple[str, ...]) -> Reason:
        lost = self._lost[kind][number, product]
        barrier = BARRIERS[int(lost.argmax())]
        counts = counts_words(int(lost.sum()), int(self._count[kind][number, product]), barrier)
        if kind != "hcp" and not self._count[kind][number, product]:
            counts = "too few mature starts are known here, or they are withheld"
        where = {"plan": "under", "account": "at", "hcp": "by"}[kind]
        text = f"{self._brand[product]} {where} {self._name[kind][number]}: {counts}: {points(share)}"
        return Reason(label, self._id[kind][number], text, share, classes)
