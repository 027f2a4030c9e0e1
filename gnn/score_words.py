"""Reasons of access friction, in words that name the plan, account or HCP they point at."""

from typing import TYPE_CHECKING

import numpy as np

from gnn.expected import Expected
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
        used = (starts.hcp >= 0) & (starts.product >= 0) & (starts.plan >= 0) & starts.mature
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
        self._policy_words: dict[tuple[int, int], str] = {}

    def of_row(self, rows: "Rows", row: int) -> tuple[Reason, ...]:
        """Reasons of one HCP, product and plan."""
        cells = rows.cells
        hcp, product, plan = int(cells.hcp[row]), int(cells.product[row]), int(cells.plan[row])
        share = {group: float(values[row]) for group, values in rows.effect.items()}
        found = self._coverage(plan, product, share["policy"], share["plan"])
        account = int(self._at[hcp])
        if account >= 0:
            found.append(self._seen("account", "Account", account, product, share["account"], ("therapy",)))
        own = ("prescribing", "therapy")
        found.append(self._seen("hcp", "HCP", hcp, product, share["prescriber"], own))
        return strongest(found)

    def of_plan(self, rows: "Rows", inside: Integers, plan: int, product: int) -> tuple[Reason, ...]:
        """Reasons of a plan and product: its policy, and what its claims show."""
        policy, seen = self._mean(rows, inside, "policy"), self._mean(rows, inside, "plan")
        return strongest(self._coverage(plan, product, policy, seen))

    def of_group(self, rows: "Rows", inside: Integers, level: str, number: int, product: int) -> tuple[Reason, ...]:
        """Reasons of an account or territory: the plan that costs most starts there, and the account's own record."""
        cells = rows.cells
        loss = cells.expected[inside] * rows.value[inside]
        plans = np.bincount(cells.plan[inside], loss, minlength=self.view.plans)
        plan = int(plans.argmax())
        there = inside[cells.plan[inside] == plan]
        found = self._coverage(plan, product, self._mean(rows, there, "policy"), self._mean(rows, there, "plan"))
        account = number
        if level == "territory":
            at = self._at[cells.hcp[inside]]
            account = int(np.bincount(at[at >= 0], loss[at >= 0]).argmax()) if (at >= 0).any() else -1
            inside = inside[(at == account) & self._told.account[inside]]
        # Where none of its rows may be told, nor may its record.
        if account >= 0 and len(inside):
            share = self._mean(rows, inside, "account")
            found.append(self._seen("account", "Account", account, product, share, ("therapy",)))
        return strongest(found)

    def _mean(self, rows: "Rows", inside: Integers, group: str) -> float:
        if not len(inside):
            return 0.0
        return rows.cells.mean(inside, rows.effect[group][inside])

    def _coverage(self, plan: int, product: int, policy: float, seen: float) -> list[Reason]:
        found = [self._seen("plan", "Plan", plan, product, seen, ("coverage", "therapy"))]
        row = int(self.view.policy[plan, product])
        if row >= 0:
            key = (plan, product)
            if key not in self._policy_words:
                self._policy_words[key] = policy_words(
                    self.view.snapshot, row, self._name["plan"][plan], self._brand[product]
                )
            text = f"{self._policy_words[key]}: {points(policy)}"
            found.append(Reason("CoveragePolicy", self._id["policy"][row], text, policy, ("coverage",)))
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
