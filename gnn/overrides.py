"""What people said against predictions, as evidence: heard until outcomes tell, as far as such words came true before.

An override is an opinion and no outcome. While the window that it speaks of has not matured, training hears it as a row
of the newest day that counts for less than one. How much less is told by the words of the same verdict whose windows
have matured: by how much oftener they came true than the plain rate has it, and more than by luck. Once its own window
has matured, the outcome is what counts. No word is in validation, calibration, gates or test.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.calibrate import Platt, fit_platt
from gnn.predictors import Predictor, Rate, joined
from gnn.samples import Evidence, Sample, adoption_rows, friction_rows, own_product
from gnn.slices import is_told
from gnn.tasks import Split, Task
from gnn.view import Booleans, Floats, Integers, View
from graph.disclosure.table import SMALLEST
from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import NEVER, Column

Words = Mapping[str, Column]
REMEMBERED = 364
"""Days of matured words that make a record."""
LUCK = 2.0
"""Standard errors by which words have to be better than the rate before they count at all."""
VERDICTS = {"will_happen": 1.0, "will_not_happen": 0.0}


@dataclass(frozen=True, slots=True)
class Matured:
    """Words whose windows have matured: what they said, the share that ``happened``, and the ``rate`` of such rows.

    ``unseen`` are rows of those whose outcomes training has not seen, and their places among all.
    """

    happens: Floats
    happened: Floats
    rate: Floats
    unseen: tuple[tuple[Sample, Integers], ...]

    def of(self, verdict: float) -> tuple[Booleans, float, float]:
        """Which words have the verdict, how many of them came true, and how many would have by the rate."""
        mine = self.happens == verdict
        true, by_rate = (_as_said(one[mine], verdict) for one in (self.happened, self.rate))
        return mine, float(true.sum()), float(by_rate.sum())

    def weight(self, verdict: float) -> float:
        """How much of a row one more word counts: 0 when words are no better than the rate, towards 1 when never wrong.

        With a rate of one half and many words it is twice the share that came true, less one. Of a rare event such a
        share would take whoever says that it will not happen for a prophet.
        """
        mine, true, by_rate = self.of(verdict)
        luck = LUCK * float(np.sqrt((self.rate[mine] * (1 - self.rate[mine])).sum()))
        room = float(mine.sum()) - by_rate
        return max(0.0, true - by_rate - luck) / room if room > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Heard:
    """All that was said about a task: ``evidence`` for training where some of it counts, of so many ``standing``."""

    evidence: Evidence | None
    standing: int
    matured: Matured

    def figures(self, predictor: Predictor, platt: Platt) -> dict[str, Any]:
        """How words fared beside the model and the rate, for the registry; ``words`` tell no small count of people."""
        expected = np.full(len(self.matured.happened), np.nan)
        for sample, places in self.matured.unseen:
            expected[places] = platt.apply(predictor.logits(sample))
        heard = 0 if self.evidence is None else len(self.evidence.weight)
        found = {name: self._record(verdict, expected) for name, verdict in VERDICTS.items()}
        words = [f"{_few(heard) if heard else 'none'} of {_few(self.standing)} standing ones heard"]
        words += [_words(name.replace("_", " "), one) for name, one in found.items()]
        return {"standing": self.standing, "heard": heard, **found, "words": "; ".join(words)}

    def _record(self, verdict: float, expected: Floats) -> dict[str, Any]:
        mine, true, by_rate = self.matured.of(verdict)
        seen = mine & ~np.isnan(expected)
        happened, model = (_as_said(one[seen], verdict) for one in (self.matured.happened, expected))
        return {
            "matured": int(mine.sum()),
            "came_true": true,
            "by_rate": by_rate,
            "weight": self.matured.weight(verdict),
            "unseen": {"matured": int(seen.sum()), "came_true": float(happened.sum()), "model": float(model.sum())},
        }


def heard(task: Task, whole: Snapshot, split: Split, rate: Rate, validation: Sequence[Sample]) -> Heard | None:
    """What was said about a task by the snapshot's day; nothing where nobody has said anything.

    Words are held against ``rate``, recalibrated on validation: one that is off would make any word seem wise.
    """
    table = whole.tables["override"]
    mine = table["task"] == task.name
    if not mine.any():
        return None
    newest = split.test[-1]
    made = table["made_on"]
    usual = _Usual(rate, fit_platt(*joined(rate, validation)))
    past = mine & (made > newest - REMEMBERED) & (made <= newest)
    matured = _matured(task, whole, _chosen(table, past), usual, split)
    words = _chosen(table, mine & (made > newest) & (table["ended_on"] == NEVER))
    sample, kept = _rows(task, View(whole), words)
    happens = words["happens"][kept]
    weight = np.where(happens == 1, matured.weight(1.0), matured.weight(0.0))
    counts = weight > 0
    evidence = Evidence(sample.taken(counts).labelled(happens[counts]), weight[counts]) if counts.any() else None
    return Heard(evidence, len(happens), matured)


@dataclass(frozen=True, slots=True)
class _Usual:
    """What is to be expected of rows without knowing anything of the HCP."""

    rate: Rate
    platt: Platt

    def of(self, sample: Sample) -> Floats:
        return self.platt.apply(self.rate.logits(sample))


def _matured(task: Task, whole: Snapshot, words: Words, usual: _Usual, split: Split) -> Matured:
    """Words beside rows of the last day of a grid that is not after them, as the model would have had them."""
    happened = _happened(task, View(whole), words)
    chance = np.full(len(happened), np.nan)
    day = split.test[-1] + task.step * ((words["made_on"].astype(np.int64) - split.test[-1]) // task.step)
    unseen = []
    for one in np.unique(day):
        at = np.flatnonzero(day == one)
        sample, kept = _rows(task, View(whole.at(int(one))), {name: column[at] for name, column in words.items()})
        chance[at[kept]] = usual.of(sample)
        late = words["made_on"][at[kept]] > split.validation[0]
        unseen.append((sample.taken(late), at[kept][late]))
    # Nothing was predicted of the others, or nothing was written of which one could tell.
    judged = ~np.isnan(chance) & ~np.isnan(happened)
    place = np.cumsum(judged) - 1
    known = tuple((sample.taken(judged[at]), place[at[judged[at]]]) for sample, at in unseen if judged[at].any())
    return Matured(words["happens"][judged], happened[judged], chance[judged], known)


def _rows(task: Task, view: View, words: Words) -> tuple[Sample, Booleans]:
    """Rows of the words of which the task predicts something on the view's day, and which words these are."""
    hcp, product, plan = (view.snapshot.positions(name, words[name]) for name in ("hcp", "product", "plan"))
    if task.name == "adoption":
        rows = adoption_rows(view)
        if rows.adoption is None:
            raise ValueError("an adoption sample carries its features")
        kept = (hcp >= 0) & (product == own_product(view)) & rows.adoption.at_risk[hcp]
        return rows.taken(hcp[kept]), kept
    kept = (hcp >= 0) & (product >= 0) & (plan >= 0)
    return friction_rows(view, hcp[kept], product[kept], plan[kept], np.full(int(kept.sum()), np.nan)), kept


def _happened(task: Task, later: View, words: Words) -> Floats:
    """[word]: 1 or 0 for adoption; for friction the share of the starts that were lost, not-a-number without any."""
    starts = later.starts
    hcp, product, plan = (later.snapshot.positions(name, words[name]) for name in ("hcp", "product", "plan"))
    among = np.flatnonzero(np.isin(starts.hcp, hcp[hcp >= 0]))
    found = np.full(len(hcp), np.nan)
    for word, made in enumerate(words["made_on"].tolist()):
        here = among[(starts.hcp[among] == hcp[word]) & (starts.product[among] == product[word])]
        here = here[(starts.written[here] > made) & (starts.written[here] <= made + task.horizon)]
        if task.name == "adoption":
            found[word] = float(len(here) > 0)
            continue
        here = here[(starts.plan[here] == plan[word]) & starts.proven[here]]
        if len(here):
            found[word] = float(starts.lost[here].mean())
    return found


def _as_said(happened: Floats, verdict: float) -> Floats:
    """How far what happened is what was said."""
    return happened if verdict else 1 - happened


def _chosen(table: Words, mask: NDArray[np.bool_]) -> Words:
    return {name: column[mask] for name, column in table.items()}


def _few(count: int) -> str:
    return f"{count:,}" if count >= SMALLEST else f"fewer than {SMALLEST}"


def _words(verdict: str, record: Mapping[str, Any]) -> str:
    """A sentence on one verdict; counts of people that are small stay untold."""
    matured, unseen = record["matured"], record["unseen"]
    if matured < SMALLEST:
        return f"{_few(matured)} matured that said it {verdict}"
    if not _tellable(matured, record["came_true"]):
        return f"of {matured:,} matured that said it {verdict} hardly any or nearly all came true"
    true, by_rate, weight = record["came_true"], record["by_rate"], record["weight"]
    found = (
        f"of {matured:,} matured that said it {verdict} {true:.0f} came true and {by_rate:.0f} would have by the rate, "
        f"so that one counts as {weight:.2f} of a row"
    )
    late, late_true = unseen["matured"], unseen["came_true"]
    left = matured - late
    if not _tellable(late, late_true) or (left and not _tellable(left, true - late_true)):
        return found
    return (
        f"{found}; {late_true:.0f} of the {late:,} that training had not seen, where it expected {unseen['model']:.0f}"
    )


def _tellable(count: int, true: float) -> bool:
    return is_told(np.concatenate([np.ones(round(true)), np.zeros(count - round(true))]))
