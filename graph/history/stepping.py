"""From the claims of a run to its steps: every target that a source touched is folded, compared and logged."""

from __future__ import annotations

from pathlib import Path

from graph.failpoint import failpoint
from graph.history.credit import open_feeds
from graph.history.log import log_changes
from graph.ingest.claims import TOUCHED_KEYS
from graph.ingest.difference import Steps, Tally, add_identifiers, add_nodes, add_relationships, compare
from graph.ingest.engine import Connection, quoted, scan
from graph.ingest.fold import ClaimSet, Target, fold, fold_select, refold, targets
from graph.ingest.occasion import Occasion
from graph.ingest.tombstones import open_tombstones, save_tombstones, touched_labels
from graph.sources import Mapping
from graph.stopping import safe_place


def plan_steps(connection: Connection, mappings: tuple[Mapping, ...], occasion: Occasion) -> tuple[Steps, Tally]:
    """The steps from the committed graph to the one that the staged claims make, with their counts.

    Nodes come before identifiers, these before relationships, these before nodes that go, the log last.
    """
    tally, folder = Tally(), occasion.staged / "steps"
    steps, burials = Steps(connection, folder), Steps(connection, folder / "burials")
    changes = Steps(connection, folder / "changes")
    open_feeds(connection, mappings, occasion.state, set(occasion.delivered), set(occasion.dirty))
    open_tombstones(connection, occasion.staged)
    found = targets(connection, mappings, occasion.staged)
    remapped = {one.name for one in mappings if _mapped(occasion, one.name) != one.version}
    for target in (one for one in found if one.is_node and _touched(one, occasion, remapped)):
        _compare(connection, target, occasion, remapped)
        tally.add(add_nodes(connection, steps, burials, target))
        log_changes(connection, changes, target, occasion.run, occasion.staged, occasion.committed)
        failpoint("difference.logged")
    add_identifiers(connection, steps)
    failpoint("difference.identifiers")
    ended = touched_labels(connection)
    for target in (one for one in found if not one.is_node):
        if _touched(target, occasion, remapped) or ended & {target.start, target.end}:
            _compare(connection, target, occasion, remapped, anew=bool(ended & {target.start, target.end}))
            tally.add(add_relationships(connection, steps, target))
            log_changes(connection, changes, target, occasion.run, occasion.staged, occasion.committed)
            failpoint("difference.logged")
    save_tombstones(connection, occasion.staged)
    steps.take(burials)
    steps.take(changes)
    return steps, tally


def _mapped(occasion: Occasion, source: str) -> str | None:
    return occasion.state.sources.get(source, {}).get("mapping_version")


def _touched(target: Target, occasion: Occasion, remapped: set[str]) -> bool:
    """True when a claim about it differs: a file that says what it said is the very file of the run before."""
    dirty = {one.source for one in target.sets} & occasion.dirty
    if not dirty or dirty & remapped:
        return bool(dirty)
    before = occasion.committed / "graph" / target.file
    return not before.exists() or any(_differs(one, occasion) for one in target.sets)


def _differs(one: ClaimSet, occasion: Occasion) -> bool:
    before = occasion.committed / one.path.relative_to(occasion.staged)
    return not before.exists() or not one.path.samefile(before)


def _compare(
    connection: Connection, target: Target, occasion: Occasion, remapped: set[str], *, anew: bool = False
) -> None:
    """Fold a target and compare it with the committed rows; where the keys that differ are known, only those."""
    safe_place()
    folder, old = occasion.staged / "graph", occasion.committed / "graph" / target.file
    known = None if anew or remapped & {one.source for one in target.sets} else _touched_keys(target, occasion)
    if known is None:
        new = fold(connection, target, folder)
        failpoint("difference.folded")
        compare(connection, target, scan([new]), old)
    else:
        keys = ", ".join(quoted(key) for key in target.keys)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE touched_key AS SELECT DISTINCT {keys} FROM {scan(known)}")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE refolded AS {fold_select(target, 'touched_key')}")
        failpoint("difference.folded")
        if compare(connection, target, "refolded", old, "touched_key"):
            refold(connection, target, old, folder)
    failpoint("difference.compared")


def _touched_keys(target: Target, occasion: Occasion) -> list[Path] | None:
    """Files with the keys of the claims that differ; None where some claims differ in more than a few keys."""
    if not (occasion.committed / "graph" / target.file).exists():
        return None
    claims, touched = occasion.staged / "claims", occasion.staged / TOUCHED_KEYS
    files = [touched / one.path.relative_to(claims) for one in target.sets if _differs(one, occasion)]
    return files if files and all(path.exists() for path in files) else None
