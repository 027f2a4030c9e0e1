"""The one module that knows everybody: it joins commands to analytics and models, importing them when called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from gnn.compare import Comparison
    from gnn.explain.request import Explanation
    from gnn.peer_effect.report import PeerEffectReport
    from gnn.promotion import Change
    from gnn.score import ScoreReport
    from gnn.seeds.selection import Selection
    from gnn.train import TrainReport
    from graph.analytics.report import AnalysisReport
    from graph.publishing import PublishReport
    from graph.settings import Settings
    from graph.store import Store


def run_analyse(settings: Settings) -> AnalysisReport:
    """Compute centralities, communities and embeddings and write them back."""
    from graph.analytics.run import analyse

    return analyse(settings)


def run_train(
    settings: Settings, task: str | None = None, as_of: date | None = None, seed: int = 7
) -> list[TrainReport]:
    """Train one task or all and promote the winners."""
    from gnn.train import train

    return train(settings, task, as_of, seed)


def run_score(settings: Settings, task: str | None = None, as_of: date | None = None) -> list[ScoreReport]:
    """Write the predictions of one task or all."""
    from gnn.score import score

    return score(settings, task, as_of)


def run_explain(
    settings: Settings, task: str, subject: str, as_of: date | None = None, *, second_opinion: bool = False
) -> Explanation:
    """Why the predictions of a task about a subject are what they are."""
    from gnn.explain.request import explain

    return explain(settings, task, subject, as_of, second_opinion=second_opinion)


def run_settle(settings: Settings, store: Store) -> int:
    """Finish a change of the model in use that was cut off; return how many versions the graph was told of."""
    from gnn.promotion import settle_all

    return settle_all(settings, store)


def run_compare(settings: Settings, first: str, second: str, as_of: date | None = None) -> Comparison:
    """Two versions of a task on the newest matured window."""
    from gnn.compare import compare

    return compare(settings, first, second, as_of)


def run_promote(settings: Settings, name: str, by: str, why: str) -> Change:
    """Put a version in use, whatever its gates said."""
    from gnn.promotion import promote

    return promote(settings, name, by, why)


def run_rollback(settings: Settings, task: str, by: str, why: str) -> Change:
    """Back to the model of a task that was in use before."""
    from gnn.promotion import rollback

    return rollback(settings, task, by, why)


def run_report(settings: Settings, **asked: Any) -> str:
    """The page about a model; ``asked`` are the fields of `gnn.report.page.Question`."""
    from gnn.report.page import Question, report

    return report(settings, Question(**asked))


def run_peer_effect(settings: Settings, product: str, as_of: date | None = None) -> PeerEffectReport:
    """Estimate the effect of peers on the adoption of a product, with its verdict and what may confound it."""
    from gnn.peer_effect.report import report_peer_effect

    return report_peer_effect(settings, product, as_of)


def run_seeds(settings: Settings, **asked: Any) -> Selection:
    """Choose the HCPs whose prescribing carries furthest; ``asked`` are the fields of `Wish`."""
    from gnn.seeds.selection import Wish, select_seeds

    return select_seeds(settings, Wish(**asked))


def run_cohorts(settings: Settings) -> PublishReport:
    """Publish the cohorts and totals of months that have become mature."""
    from graph.publishing import publish_groups

    return publish_groups(settings)
