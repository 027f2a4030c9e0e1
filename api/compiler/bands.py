"""A number as a word, by the fixed cut points of the policy."""

from api.binding import ANY_FORM
from api.compiler.cells import guarded, number_visible
from api.compiler.rows import Row
from api.compiler.writing import Writing
from graph.errors import PolicyError
from graph.governance.policy import Band


def _band(writing: Writing, row: Row) -> Band:
    if row.release is None or row.release not in writing.permissions.policy.bands:
        raise PolicyError(f"no cut points for {row.release!r}: add a [bands] entry to the policy")
    return writing.permissions.policy.bands[row.release]


def band(writing: Writing, row: Row) -> str:
    """The name of the band the value lies in; null where the value is hidden."""
    declared = _band(writing, row)
    value = f"{row.variable}.value"
    cases = " ".join(
        f"WHEN {value} < {cut} THEN '{name}'" for cut, name in zip(declared.cuts, declared.names, strict=False)
    )
    expression = f"CASE WHEN {value} IS NULL THEN null {cases} ELSE '{declared.names[-1]}' END"
    return guarded(expression, number_visible(writing, row, ANY_FORM))


def band_rank(writing: Writing, row: Row) -> str:
    """The position of the band, 0 for the lowest: what a sort by band orders by."""
    declared = _band(writing, row)
    value = f"{row.variable}.value"
    cases = " ".join(f"WHEN {value} < {cut} THEN {rank}" for rank, cut in enumerate(declared.cuts))
    expression = f"CASE WHEN {value} IS NULL THEN null {cases} ELSE {len(declared.cuts)} END"
    return guarded(expression, number_visible(writing, row, ANY_FORM))
