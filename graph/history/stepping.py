"""From the claims of a run to its steps: every target that a source touched is folded, compared and logged."""

from __future__ import annotations

from graph.failpoint import failpoint
from graph.history.credit import open_feeds
from graph.history.log import log_changes
from graph.ingest.difference import Steps, Tally, add_identifiers, add_nodes, add_relationships, compare
from graph.ingest.engine import Connection
from graph.ingest.fold import Target, fold, targets
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
    for target in (one for one in found if one.is_node and _touched(one, occasion)):
        _compare(connection, target, occasion)
        tally.add(add_nodes(connection, steps, burials, target))
        log_changes(connection, changes, target, occasion.run, occasion.staged, occasion.committed)
        failpoint("difference.logged")
    add_identifiers(connection, steps)
    failpoint("difference.identifiers")
    ended = touched_labels(connection)
    for target in (one for one in found if not one.is_node):
        if _touched(target, occasion) or ended & {target.start, target.end}:
            _compare(connection, target, occasion)
            tally.add(add_relationships(connection, steps, target))
            log_changes(connection, changes, target, occasion.run, occasion.staged, occasion.committed)
            failpoint("difference.logged")
    save_tombstones(connection, occasion.staged)
    steps.take(burials)
    steps.take(changes)
    return steps, tally


def _touched(target: Target, occasion: Occasion) -> bool:
    return bool({one.source for one in target.sets} & occasion.dirty)


def _compare(connection: Connection, target: Target, occasion: Occasion) -> None:
    safe_place()
    new = fold(connection, target, occasion.staged / "graph")
    failpoint("difference.folded")
    compare(connection, target, new, occasion.committed / "graph" / target.file)
    failpoint("difference.compared")
