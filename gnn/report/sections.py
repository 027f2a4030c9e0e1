"""The sections of the page: a picture, the table with the same figures, and what follows from them in words."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gnn.distribution import MAJOR, MODERATE
from gnn.explain.sentence import MEANING
from gnn.model import Model
from gnn.peer_effect.report import PeerEffectReport
from gnn.report import charts
from gnn.report.comparison import NAMES
from gnn.report.html import heading, pair, paragraph, table
from gnn.report.territory import Map, draw
from gnn.tasks import TASKS

Row = Mapping[str, Any]
TITLES = {"access_friction": "Access friction", "adoption": "Adoption"}
BESIDE = {
    "access_friction": (
        " It is a probability, predicted of each HCP under its main plans, and of plans, payers, accounts, territories "
        "and cohorts."
    ),
    "adoption": " It is a probability, predicted of single HCPs; influence is read from the same model.",
}


def top(model: Model, row: Row) -> Iterator[str]:
    """What the page is about, and of which data it was made."""
    task = TASKS[model.task]
    classes = sorted({task.data_class, *task.data_classes, *(["influence"] if model.task == "adoption" else [])})
    yield f"<h1>{TITLES[model.task]}: model {model.version}</h1>"
    yield paragraph(MEANING[model.task] + BESIDE[model.task])
    yield paragraph(
        f"{row['state'].capitalize()} since {row['since'][:10]}. Uses the {NAMES[model.promoted]}. "
        f"Trained as of {model.as_of}, judged on the {task.horizon} days after {_days(model.findings['window'])}, "
        "which are later than all it was trained on.",
        "lead",
    )
    yield paragraph(
        f"This page holds data of the classes {', '.join(classes)}. Show it only to those who may read all of them. "
        "It names no person; HCPs appear by the twin's own ids; no count of people below 11 is told.",
        "notice",
    )
    yield table(
        "Where it comes from",
        ("what", "value"),
        [
            ("state", f"{row['state']} since {row['since'][:16]}, decided by {row['by']}"),
            ("data fingerprint", model.fingerprint),
            ("weights, SHA-256", row["weights_sha256"]),
            ("code version and seed", f"{row['code_version']}, {model.seed}"),
            ("features", f"{len(model.names)}: {', '.join(model.names)}"),
        ],
    )


def gates(row: Row) -> Iterator[str]:
    """Why it is in use, or not."""
    decision = json.loads(row["metrics"])["decision"]
    failed = [gate["name"] for gate in decision["gates"] if not gate["passed"]]
    yield heading("Beside the model that was in use")
    if row["state"] == "champion" and failed:
        yield paragraph(f"Used although it failed {' and '.join(failed)}: {row['reason']}", "notice loses")
    if row["reason"] != decision["reason"]:
        yield paragraph(f"Decided by {row['by']}: {row['reason']}", "notice")
    before = decision["champion_before"]
    yield paragraph(f"When it was trained, {before} was in use." if before else "It was the first model of its task.")
    yield table(
        "What it had to show before it could be used",
        ("gate", "verdict", "figures"),
        [(gate["name"], "passed" if gate["passed"] else "FAILED", gate["words"]) for gate in decision["gates"]],
    )


def overrides(model: Model) -> Iterator[str]:
    """What people said against predictions, and how far training listened."""
    if "overrides" in model.findings:
        yield heading("What people said against predictions")
        yield paragraph(
            f"{model.findings['overrides']['words'].capitalize()}. Their words are in no other figure of this page."
        )


def calibration(model: Model) -> Iterator[str]:
    """Predicted beside observed, and how much of the events the top holds."""
    found, curve, lift = model.findings["calibration"], model.findings["curve"], model.findings["lift"]
    yield heading("Calibration and lift")
    yield paragraph(
        f"Calibration error {found['ece']:.4f}; labels drawn from the predictions themselves give "
        f"{found['floor']:.4f} on average, so {found['ece'] - found['floor']:+.4f} is beyond chance. "
        f"Slope {found['slope']:.2f} "
        f"± {found['slope_error']:.2f} (standard error; 1 is calibrated)."
    )
    yield pair(
        "Observed over predicted rate",
        charts.calibration_curve(curve),
        table(
            "Bins of about equal size; one with few events joins its neighbour",
            ("rows", "predicted", "observed"),
            [(one["rows"], f"{one['predicted']:.3f}", f"{one['observed']:.3f}") for one in curve],
        ),
    )
    if lift:
        yield pair(
            "Events found among the highest values",
            charts.lift_curve(lift),
            table(
                "Lift: rate among them over the rate of all",
                ("highest", "rows", "share of events", "lift"),
                [(f"{one['depth']:.0%}", one["rows"], f"{one['share']:.1%}", f"{one['lift']:.2f}") for one in lift],
            ),
        )
    yield paragraph(
        "What intervals of no width would score on the same groups tells what their coverage can: where the two are "
        "close, chance within the window hides how far rates lie from the predicted ones. A log likelihood gained of "
        "more than about two says that the width was needed, one lost that it was too wide; between them the window "
        "cannot tell. Single rows can tell nothing of it and are left out."
    )
    yield pair(
        "How often 90 % intervals held what came",
        charts.coverage([(level, one["coverage_90"], one["no_width_90"]) for level, one in model.intervals.items()]),
        table(
            "Set before the test window, counted on it",
            ("level", "groups", "coverage", "of no width", "log likelihood gained"),
            [
                (level, one["groups"], f"{one['coverage_90']:.1%}", f"{one['no_width_90']:.1%}", f"{one['gain']:+.1f}")
                for level, one in model.intervals.items()
            ],
        ),
    )


def slices(model: Model) -> Iterator[str]:
    """Regions, payers and deciles, the furthest off first."""
    found = sorted(model.findings["slices"], key=lambda one: -abs(one["z"]))
    most = model.findings["slice_limit"]
    off = [one for one in found if abs(one["z"]) > most]
    yield heading("Slices")
    yield paragraph(
        f"{model.findings['slices_judged']} regions, payers and deciles were large enough to judge, {len(found)} of "
        f"them to tell. Off is one whose events lie more than {most:.1f} standard errors from what was predicted "
        f"(5 % for any of them to be off by chance): {len(off) or 'none'}."
    )
    if not found:
        return
    shown = found[:14]
    yield pair(
        "Distance of observed from predicted, in standard errors",
        charts.bars(
            "slices",
            "Distance per slice",
            [(f"{one['kind']} {one['name']}", abs(one["z"])) for one in shown],
            [(most, "off")],
        ),
        table(
            f"The {len(shown)} furthest off of {len(found)}",
            ("slice", "rows", "predicted", "observed", "z"),
            [
                (f"{one['kind']} {one['name']}", one["rows"], f"{one['expected']:.3f}", f"{one['observed']:.3f}",
                 f"{one['z']:+.1f}")
                for one in shown
            ],
        ),
    )  # fmt: skip


def drivers(model: Model) -> Iterator[str]:
    """What moves the predictions, by groups of features."""
    found = model.findings["drivers"]
    yield heading("Drivers")
    yield paragraph(
        "The value minus the value with one group of features set to its average, on the test window. It says what the "
        "model hears, not what causes the outcome; what a network reads from neighbours is in no group."
    )
    yield pair(
        "Mean size of the effect, in points of probability",
        charts.bars("drivers", "Mean effect per group", [(one["group"], 100 * one["size"]) for one in found]),
        table(
            "Groups of features",
            ("group", "mean size, points", "features"),
            [(one["group"], f"{100 * one['size']:.2f}", ", ".join(one["features"])) for one in found],
        ),
    )


def drift(found: Row | None) -> Iterator[str]:
    """How far today lies from the training."""
    yield heading("Drift")
    if found is None:
        yield paragraph(
            "Nothing to compare yet: `twin score` compares what it scores with the training, once newer data came."
        )
        return
    words = {"stable": "Nothing has drifted.", "watch": "Worth watching.", "retrain": "Train again."}[found["verdict"]]
    yield paragraph(
        f"As of {found['as_of']}, against the training as of {found['trained_as_of']}: {words} "
        + "; ".join(found["reasons"]),
        {"stable": "notice holds", "retrain": "notice loses"}.get(found["verdict"], "notice"),
    )
    shown = sorted(found["features"], key=lambda one: -(one["distance"] or 0.0))[:14]
    columns = [("predicted values", found["value"]), ("ties per HCP", found["graph"]["degree"])]
    rows = [*columns, *((one["name"].replace("_", " "), one) for one in shown)]
    yield pair(
        "How far deciles moved, as a share of the range between the first and the last",
        charts.bars(
            "drift",
            "Distance per column",
            [(name, min(one["distance"] or 0.0, 1.0)) for name, one in rows],
            [(MODERATE[1], "moderate"), (MAJOR[1], "major")],
        ),
        table(
            f"The furthest of {len(found['features'])} features. A shift is moderate from an index of {MODERATE[0]} "
            f"with {MODERATE[1]} moved, major from {MAJOR[0]} with {MAJOR[1]}",
            ("column", "stability index", "moved", "shift"),
            [
                (name, f"{one['psi']:.3f}", "-" if one["distance"] is None else f"{one['distance']:.3f}", one["size"])
                for name, one in rows
            ],
        ),
    )
    graph, window = found["graph"], found["calibration"]
    then_now = [
        ("mean predicted value", f"{found['value']['mean_then']:.4f}", f"{found['value']['mean_now']:.4f}"),
        ("ties per HCP", *(f"{one:.2f}" for one in graph["ties_per_hcp"])),
        ("HCPs that share no patients", *(f"{one:.1%}" for one in graph["alone"])),
        ("HCPs in the largest component", *(f"{one:.1%}" for one in graph["largest"])),
        ("components", *(f"{one:,}" for one in graph["components"])),
        ("HCPs that came since", "-", f"{graph['new_hcps']:.1%}"),
    ]
    yield table("Values and graph", ("what", "at training", "now"), then_now)
    if window is None:
        yield paragraph("No window that began after the training has matured yet: calibration since then is not known.")
    else:
        yield paragraph(
            f"Newest window that matured since, from {window['window']}: {window['rows']:,} rows, "
            f"{window['expected']:.3f} expected, {window['observed']:.3f} observed; calibration error "
            f"{window['ece'] - window['floor']:+.4f} beyond chance, "
            f"slope {window['slope']:.2f} ± {window['slope_error']:.2f}.",
            "notice loses" if window["off"] else "notice",
        )


def influence(found: Map, effect: PeerEffectReport | str, as_of: str, version: str) -> Iterator[str]:
    """The verdict on cause, then the map."""
    yield heading("Influence")
    if isinstance(effect, str):
        yield paragraph(f"Do peers cause adoption? NOT IDENTIFIED: {effect}", "notice loses")
    else:
        verdict = str(effect.judgement.verdict)
        identified = verdict != "not identified"
        yield paragraph(
            f"Do peers of {effect.product} cause adoption? {verdict.upper()}: {effect.judgement.reason}",
            "notice holds" if identified else "notice loses",
        )
        if not identified:
            yield paragraph("So read the map as who resembles and precedes whom, as far as observed, not as cause.")
    ranked = sorted(enumerate(found.members), key=lambda one: -one[1].value)
    rows = [
        (rank, member.hcp, f"{member.value:.3f}", f"{member.low:.3f}", f"{member.high:.3f}", member.ties)
        for rank, (_, member) in enumerate(ranked[:25], start=1)
    ]
    rest = f", without {found.left_out:,} with less influence" if found.left_out else ""
    yield pair(
        f"Territory {found.name}: {len(found.members)} HCPs{rest}; dots larger and darker the further an HCP's "
        f"prescribing carries, numbers are its rank in the table; lines are shared patients",
        draw(found),
        table(
            f"Starts of others in 91 days if the HCP prescribes, minus if not; 90 % interval; "
            f"as of {as_of} by {version}",
            ("rank", "HCP", "influence", "from", "to", "ties drawn"),
            rows,
        )
        + table(
            "The strongest ties drawn",
            ("HCP", "HCP", "shared patients"),
            [(found.members[a].hcp, found.members[b].hcp, patients) for a, b, patients in found.ties[:15]],
        ),
        wide=True,
    )


def _days(window: Sequence[str]) -> str:
    return " and after ".join(dict.fromkeys(window))
