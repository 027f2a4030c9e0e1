"""A snapshot seen through row numbers: who wrote what under which plan, who shares patients with whom."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.tasks import ACCESS_FRICTION
from graph.history.snapshot import Snapshot
from graph.history.snapshot_past import DISPENSED_WITHIN
from graph.history.snapshot_tables import EVER, NEVER
from graph.schema.therapy import BARRIERS

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Found = TypeVar("Found")
COST, OTHER = BARRIERS.index("COST"), BARRIERS.index("OTHER")
DAYS = 2**33
"""More than lie between `EVER` and `NEVER`."""
LOOKBACK = 180
"""Days without an earlier claim that make a prescription a start (`graph/sources/rx_claims.toml`)."""
BEGINS_LATE = 56
"""Days after the first start of all from which on a state's claims begin late."""


@dataclass(frozen=True, slots=True)
class Starts:
    """Starts known by the snapshot's day; columns of one length. Row numbers are -1 where the id is unknown.

    ``lost`` says not dispensed within 30 days as far as known, which is final where ``mature``. ``barrier`` is the
    index in `BARRIERS` of the last reject known, COST when paid and reversed, OTHER when there was none.
    ``reject`` is that reject, whatever became of it, or OTHER.
    ``proven`` says that its state had been seen long enough to tell a start from a renewal; nothing else is mature.
    """

    hcp: Integers
    product: Integers
    plan: Integers
    written: Integers
    lost: Booleans
    proven: Booleans
    mature: Booleans
    rejected: Booleans
    barrier: Integers
    reject: Integers

    @property
    def whole(self) -> Booleans:
        """[start]: HCP, product and plan are all known."""
        return (self.hcp >= 0) & (self.product >= 0) & (self.plan >= 0)


class View:
    """Row numbers and matrices over one snapshot, each computed when first asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.day = snapshot.day
        self.hcps = snapshot.count("hcp")
        self.products = snapshot.count("product")
        self.plans = snapshot.count("plan")
        self.payers = snapshot.count("payer")
        self.accounts = snapshot.count("account")
        self.territories = snapshot.count("territory")
        self._found: dict[Callable[[View], Any], Any] = {}

    def once(self, compute: Callable[["View"], Found]) -> Found:
        """What a function finds on this view, computed when first asked for. All share it: nobody may change it."""
        if compute not in self._found:
            self._found[compute] = compute(self)
        return self._found[compute]

    def with_policies_of(self, fork: Snapshot) -> "View":
        """The same facts with the coverage policies of a fork; what does not depend on them is not computed again."""
        view = View(fork)
        for name in ("starts", "first_written", "at_account", "in_territory", "ties"):
            view.__dict__[name] = getattr(self, name)
        return view

    @cached_property
    def starts(self) -> Starts:
        snapshot = self.snapshot
        column = snapshot.tables["start"]
        written = column["written_on"].astype(np.int64)
        paid = column["paid_on"].astype(np.int64)
        reversed_ = column["reversed_on"] != NEVER
        in_time = (paid != NEVER) & (paid - written <= DISPENSED_WITHIN)
        rejected, reject = self._rejects(len(written))
        hcp = snapshot.reference("start", "hcp", "hcp")
        proven = self._proven(hcp, written)
        return Starts(
            hcp=hcp,
            product=snapshot.reference("start", "product", "product"),
            plan=snapshot.reference("start", "plan", "plan"),
            written=written,
            lost=~(in_time & ~reversed_),
            proven=proven,
            mature=proven & (written <= self.day - ACCESS_FRICTION.maturity),
            rejected=rejected,
            barrier=np.where(in_time & reversed_, COST, reject),
            reject=reject,
        )

    def _rejects(self, count: int) -> tuple[Booleans, Integers]:
        """Whether a reject is known, and the group of the last one known, per start."""
        reject = self.snapshot.tables["reject"]
        start = self.snapshot.reference("reject", "start", "start")
        known = start >= 0
        names = {name: index for index, name in enumerate(BARRIERS)}
        group = np.array([names.get(name, OTHER) for name in reject["barrier"].tolist()], dtype=np.int64)
        barrier = np.full(count, OTHER, dtype=np.int64)
        # Rows are sorted by start and position: the last assignment wins.
        barrier[start[known]] = group[known]
        rejected = np.zeros(count, dtype=bool)
        rejected[start[known]] = True
        return rejected, barrier

    def _proven(self, hcp: Integers, written: Integers) -> Booleans:
        """[start]: not of the first half year of a state whose claims begin later than others'.

        There a renewal looks like a start, and nearly every renewal is dispensed.
        """
        opened = np.append(self.observed_from, EVER)[hcp]
        late = opened > written.min(initial=NEVER) + BEGINS_LATE
        return ~late | (written >= opened + LOOKBACK)

    @cached_property
    def first_written(self) -> int:
        """Day of the first start written; the snapshot's own day when there is none."""
        return int(self.starts.written.min()) if len(self.starts.written) else self.day

    @cached_property
    def observed_from(self) -> Integers:
        """[hcp]: day of the first start that anybody in its state has written; `NEVER` where nobody has."""
        hcp, states = self.snapshot.reference("start", "hcp", "hcp"), self.codes("hcp", "state")
        first = np.full(int(states.max(initial=-1)) + 1, NEVER, dtype=np.int64)
        known = hcp >= 0
        np.minimum.at(first, states[hcp[known]], self.snapshot.column("start", "written_on")[known])
        return first[states]

    @cached_property
    def plan_payer(self) -> Integers:
        """[plan]: payer, or -1."""
        return self.snapshot.reference("plan", "payer", "payer")

    @cached_property
    def policy(self) -> Integers:
        """[plan, product]: row of the policy in force, or -1. Where several are, the one that began last."""
        table = self.snapshot.tables["policy"]
        cell, row = self._policies
        force = (table["effective_from"][row] <= self.day) & (table["effective_to"][row] > self.day)
        found = np.full(self.plans * self.products, -1, dtype=np.int64)
        found[cell[force]] = row[force]
        return found.reshape(self.plans, self.products)

    def policy_on(self, plan: Integers, product: Integers, day: Integers) -> Integers:
        """[row]: row of the last policy of a plan and product that began by a day; -1 if none did or it had ended."""
        table = self.snapshot.tables["policy"]
        cell, row = self._policies
        wanted = plan * self.products + product
        begun = cell * DAYS + table["effective_from"][row]
        place = np.searchsorted(begun, wanted * DAYS + day, side="right") - 1
        found = np.append(row, -1)[place]
        same = (np.append(cell, -1)[place] == wanted) & (found >= 0)
        same[same] = table["effective_to"][found[same]] > day[same]
        return np.where(same, found, -1)

    @cached_property
    def _policies(self) -> tuple[Integers, Integers]:
        """Plan and product as one number, and the row of each of their policies; in that order, the first one first."""
        plan = self.snapshot.reference("plan_policy", "plan", "plan")
        row = self.snapshot.reference("plan_policy", "policy", "policy")
        product = self.snapshot.reference("policy", "product", "product")
        known = (plan >= 0) & (row >= 0)
        plan, row = plan[known], row[known]
        known = product[row] >= 0
        plan, row = plan[known], row[known]
        cell = plan * self.products + product[row]
        order = np.lexsort((self.snapshot.tables["policy"]["effective_from"][row], cell))
        return cell[order], row[order]

    @cached_property
    def at_account(self) -> sparse.csr_matrix:
        """[hcp, account]: 1 where the HCP practises."""
        hcp = self.snapshot.reference("affiliation", "hcp", "hcp")
        account = self.snapshot.reference("affiliation", "account", "account")
        return _ones(hcp, account, (self.hcps, self.accounts))

    @cached_property
    def in_territory(self) -> sparse.csr_matrix:
        """[hcp, territory]: 1 where the HCP is aligned."""
        hcp = self.snapshot.reference("alignment", "hcp", "hcp")
        territory = self.snapshot.reference("alignment", "territory", "territory")
        return _ones(hcp, territory, (self.hcps, self.territories))

    @cached_property
    def ties(self) -> sparse.csr_matrix:
        """[source, target]: shared patients of the newest year known for the pair's source file."""
        table = self.snapshot.tables["share"]
        source = self.snapshot.reference("share", "source", "hcp")
        target = self.snapshot.reference("share", "target", "hcp")
        newest = table["year"] == table["year"].max() if len(source) else np.zeros(0, dtype=bool)
        keep = newest & (source >= 0) & (target >= 0) & (source != target)
        patients = table["patients"][keep]
        matrix = sparse.csr_matrix((patients, (source[keep], target[keep])), shape=(self.hcps, self.hcps))
        matrix.sort_indices()
        return matrix

    def codes(self, table: str, name: str) -> Integers:
        """Row-wise codes 0, 1, … of a text column, in the order of the texts."""
        return np.unique(self.snapshot.column(table, name), return_inverse=True)[1].astype(np.int64)


def row_normalised(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """The matrix with rows that sum to 1; empty rows stay empty."""
    total = np.asarray(matrix.sum(axis=1)).ravel()
    scale = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
    return sparse.csr_matrix(sparse.diags(scale) @ matrix)


def counted(size: int | tuple[int, int], index: Any, weight: Any = None) -> Floats:
    """Sum of weights per index; a pair of index arrays counts into a table."""
    if isinstance(size, tuple):
        flat = np.bincount(index[0] * size[1] + index[1], weights=weight, minlength=size[0] * size[1])
        return flat.reshape(size).astype(np.float64)
    return np.bincount(index, weights=weight, minlength=size).astype(np.float64)


def _ones(row: Integers, column: Integers, shape: tuple[int, int]) -> sparse.csr_matrix:
    keep = (row >= 0) & (column >= 0)
    matrix = sparse.csr_matrix((np.ones(int(keep.sum())), (row[keep], column[keep])), shape=shape)
    matrix.data[:] = 1.0
    return matrix
