"""Places at which a test can end the process as a power cut would: ``TWIN_FAILPOINT=apply.committed:2`` kills at the
second hit. Refused in the production profile, where `Settings` is read.
"""

import os
import signal

NAMES = (
    "refresh.begun",
    "refresh.schema_ready",
    "refresh.discovered",
    "refresh.sources_leased",
    "refresh.recovered",
    "refresh.belongs",
    "refresh.planned_anew",
    "refresh.reported",
    "lease.locked",
    "lease.taken",
    "lease.renewed",
    "lease.released",
    "recover.begun",
    "recover.mark_read",
    "recover.finished",
    "recover.promoted",
    "recover.discarded",
    "recover.levelled",
    "discover.hashed",
    "land.begun",
    "land.landed",
    "land.done",
    "stage.begun",
    "stage.linked",
    "stage.ready",
    "claim.begun",
    "claim.viewed",
    "claim.written",
    "claim.taken_back",
    "claim.learned",
    "claim.identifiers_saved",
    "claim.quarantine_saved",
    "claim.done",
    "difference.begun",
    "difference.folded",
    "difference.compared",
    "difference.stepped",
    "difference.logged",
    "difference.identifiers",
    "difference.saved",
    "apply.begun",
    "apply.fenced",
    "apply.marked",
    "apply.chunk_sent",
    "apply.finishing",
    "apply.finished",
    "apply.writing_raised",
    "apply.committed",
    "apply.published",
    "apply.batch_begun",
    "apply.batch_committed",
    "apply.last_batch_committed",
    "apply.empty_committed",
    "apply.unsure",
    "apply.mark_read",
    "poison.found",
    "poison.put_aside",
    "promote.begun",
    "promote.compared",
    "promote.pointed",
    "promote.cleaned",
    "promote.done",
    "ledger.begun",
    "ledger.appended",
    "ledger.written",
    "withdraw.begun",
    "withdraw.done",
    "nightly.begun",
    "nightly.refreshed",
    "nightly.analysed",
    "nightly.scored",
    "nightly.reported",
    "nightly.metrics_written",
)
"""Every place, by stage."""

_hits: dict[str, int] = {}


def parsed(value: str) -> tuple[str, int]:
    """Name and hit of a setting such as ``apply.committed:2``; raise `ValueError` when there is no such place."""
    name, _, hit = value.partition(":")
    if name not in NAMES:
        raise ValueError(f"no failpoint is called {name!r}: see graph/failpoint.py")
    if not (hit or "1").isdecimal() or int(hit or "1") < 1:
        raise ValueError(f"hit {hit!r} of failpoint {name!r} is not a number from 1")
    return name, int(hit or "1")


def failpoint(name: str) -> None:
    """End the process without any tidying up when the environment names this place and this is the hit it asks for."""
    wanted = os.environ.get("TWIN_FAILPOINT")
    if not wanted:
        return
    at, hit = parsed(wanted)
    if at != name:
        return
    _hits[name] = _hits.get(name, 0) + 1
    if _hits[name] == hit:
        os.kill(os.getpid(), signal.SIGKILL)
