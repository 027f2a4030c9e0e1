"""Build a world: simulate, write deliveries and truth, measure against the targets."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from graph.progress import say
from graph.world.calibration import Figure, calibration
from graph.world.deliveries import write_deliveries
from graph.world.errors import WorldError
from graph.world.settings import WorldSettings
from graph.world.truth import PARAMETERS, write_truth
from graph.world.world import World, make_world
from graph.world.writers.claims import ClaimCounts
from graph.world.writers.delivery import Delivery


@dataclass(frozen=True, slots=True)
class WorldReport:
    """What was built: counts, seconds by stage, and the world beside its targets."""

    settings: WorldSettings
    deliveries: tuple[str, ...]
    counts: dict[str, int]
    seconds: dict[str, float]
    calibration: tuple[Figure, ...]

    def as_dict(self) -> dict[str, object]:
        """The report for `--json`."""
        return {
            "out": str(self.settings.out),
            "truth": str(self.settings.truth),
            "seed": self.settings.seed,
            "regime": self.settings.planted.name,
            "deliveries": list(self.deliveries),
            "counts": self.counts,
            "seconds": self.seconds,
            "calibration": [figure.as_dict() for figure in self.calibration],
        }


def build(settings: WorldSettings) -> WorldReport:
    """Write the world that `settings` order.

    Both folders are written beside their place and moved there when whole. A world that an
    earlier build left there is replaced; any other content is refused with WorldError.
    """
    _check_place(settings)
    try:
        return _build(settings)
    except OSError as error:
        place = str(error.filename or settings.out)
        raise WorldError(f"out: {place!r} cannot be written ({error.strerror}); choose another folder") from error


def _build(settings: WorldSettings) -> WorldReport:
    # The places are made first: a folder that cannot be written is noticed before anything is simulated.
    partial, partial_truth = _partial(settings.out), _partial(settings.truth)
    clock = time.perf_counter
    began = clock()
    say(f"world: simulating {settings.hcps:,} HCPs over {settings.months} months")
    world = make_world(settings)
    simulated = clock()
    say("world: writing the deliveries")
    written, claims = write_deliveries(world, partial)
    delivered = clock()
    say("world: writing the truth")
    write_truth(world, partial_truth)
    finished = clock()
    for ready, place in ((partial_truth, settings.truth), (partial, settings.out)):
        if place.exists():
            shutil.rmtree(place)
        ready.rename(place)
    return WorldReport(
        settings=settings,
        deliveries=tuple(delivery.date for delivery in written),
        counts=_counts(world, written, claims),
        seconds={
            "simulate": round(simulated - began, 2),
            "write": round(delivered - simulated, 2),
            "truth": round(finished - delivered, 2),
            "total": round(clock() - began, 2),
        },
        calibration=calibration(world, claims),
    )


def _check_place(settings: WorldSettings) -> None:
    """Refuse to replace anything that is not an earlier world."""
    ours = (settings.truth / PARAMETERS).is_file()
    for place in (settings.out, settings.truth):
        if place.exists() and not place.is_dir():
            raise WorldError(f"out: {str(place)!r} is a file; choose another folder")
        if place.is_dir() and any(place.iterdir()) and not ours:
            raise WorldError(f"out: {str(place)!r} holds other files; choose another folder")


def _partial(place: Path) -> Path:
    partial = place.with_name(place.name + ".partial")
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(parents=True)
    return partial


def _counts(world: World, written: list[Delivery], claims: ClaimCounts) -> dict[str, int]:
    return {
        "hcps": len(world.hcps.npi),
        "accounts": len(world.accounts.npi),
        "pharmacies": len(world.pharmacies.npi),
        "payers": len(world.payers.name),
        "plans": len(world.payers.plan_id),
        "formularies": len(world.payers.formulary_id),
        "formulary_editions": len(world.clock.editions),
        "patients": world.settings.patients,
        "territories": len(world.territories.ids),
        "shared_patient_ties": int(world.network.published.sum()),
        "starts": int((world.starts.day >= 0).sum()),
        "claim_lines": sum(claims.delivered),
        "claim_lines_backfill": claims.delivered[0],
        "adopters": int((world.adoption.week >= 0).sum()),
        "deliveries": len(written),
    }
