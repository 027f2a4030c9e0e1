"""The lineage of a folded row, as SQL: which claim gives which of its properties.

Claims are joined as `c0`, `c1`, … in the order of the target's sets. Columns whose names begin with `_won` are
intermediate and left out by the fold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.ingest.engine import literal, quoted

if TYPE_CHECKING:
    from graph.ingest.fold import ClaimSet, Target


def lineage(target: Target) -> str:
    """SQL columns that end in `lineage`: ``source|record|run|properties`` per claim that gives some, `*` for all."""
    sets = target.sets
    if len(sets) == 1:
        return f"[{_entry(sets[0], 0, literal('*'))}] AS lineage"
    won = ", ".join(f"{_won(target, one)} AS _won{at}" for at, one in enumerate(sets))
    givers = " + ".join(f"(len(_won{at}) > 0)::INTEGER" for at in range(len(sets)))
    entries = ", ".join(
        f"CASE WHEN len(_won{at}) > 0 THEN {_entry(one, at, _some(at))} END" for at, one in enumerate(sets)
    )
    # No property at all: the entity itself is what the first claim gives.
    first = " ".join(f"WHEN c{at}._gone IS NOT NULL THEN [{_entry(one, at, _ALL)}]" for at, one in enumerate(sets))
    return (
        f"{won}, {givers} AS _wonby, CASE WHEN _wonby > 0 THEN "
        f"list_filter([{entries}], lambda item: item IS NOT NULL) {first} END AS lineage"
    )


_ALL = "'*'"


def _some(at: int) -> str:
    return f"CASE WHEN _wonby = 1 THEN {_ALL} ELSE array_to_string(_won{at}, ',') END"


def _entry(one: ClaimSet, at: int, properties: str) -> str:
    """SQL for one text; a claim made from many rows may name no record."""
    parts = [literal(one.source), f"coalesce(c{at}._record, '')", f"coalesce(c{at}._run, '')", properties]
    return f"concat_ws('|', {', '.join(parts)})"


def _won(target: Target, one: ClaimSet) -> str:
    """SQL for the names of the properties that this claim gives, stronger ones having nothing to say."""
    names = []
    for name in target.properties:
        ranked = target.ranked(name)
        if name in target.keys or one not in ranked:
            continue
        stronger = [f"c{target.sets.index(other)}.{quoted(name)} IS NULL" for other in ranked[: ranked.index(one)]]
        has = " AND ".join([*stronger, f"c{target.sets.index(one)}.{quoted(name)} IS NOT NULL"])
        names.append(f"CASE WHEN {has} THEN {literal(name)} END")
    return f"list_filter([{', '.join(names)}]::VARCHAR[], lambda item: item IS NOT NULL)"
