"""The influence map of one territory: HCPs, the patients they share, and how far each one's prescribing carries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.report.svg import FAINT, INK, Picture
from gnn.subjects import Subject
from gnn.view import View
from graph.errors import NotFound

MOST_HCPS = 60
MOST_TIES = 150
WIDTH, HEIGHT, EDGE = 680.0, 470.0, 26.0
SHADES = ("#fde9c9", "#fbc97f", "#f29b4b", "#d9652b", "#a8360f", "#6b1a04")
"""From little to much influence; the size of a dot says the same."""


@dataclass(frozen=True, slots=True)
class Member:
    """An HCP by the twin's id; influence in starts of others, with its 90 % interval."""

    hcp: str
    value: float
    low: float
    high: float
    ties: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Map:
    """``left_out``: HCPs of the territory that the map has no room for; ``ties``: from, to, shared patients."""

    territory: str
    name: str
    members: tuple[Member, ...]
    ties: tuple[tuple[int, int, int], ...]
    left_out: int


def territory_map(
    view: View, rows: Collection[Mapping[str, Any]], silent: Collection[str], wanted: Subject | None
) -> Map:
    """Of the territory asked for, else of the one whose HCPs carry furthest together.

    ``rows`` are predictions of influence; HCPs in ``silent`` withhold their prescribing and are in no map.
    """
    snapshot = view.snapshot
    influence = np.full(view.hcps, np.nan)
    ends = np.full((view.hcps, 2), np.nan)
    told = [row for row in rows if row["hcp"] not in silent]
    place = snapshot.positions("hcp", np.array([row["hcp"] for row in told], dtype=np.str_))
    for row, at in zip(told, place.tolist(), strict=True):
        if at >= 0:
            influence[at], ends[at] = row["value"], (row["low"], row["high"])
    chosen = _territory(view, influence, wanted)
    inside = np.flatnonzero((view.in_territory[:, [chosen]].toarray().ravel() > 0) & np.isfinite(influence))
    order = inside[np.argsort(-influence[inside], kind="stable")]
    shown = np.sort(order[:MOST_HCPS])
    shared = (view.ties + view.ties.T).tocsr()[shown][:, shown].tocoo()
    pairs = sorted(
        (
            (int(patients), int(a), int(b))
            for a, b, patients in zip(shared.row, shared.col, shared.data, strict=True)
            if a < b
        ),
        reverse=True,
    )[:MOST_TIES]
    ties = tuple((a, b, patients) for patients, a, b in pairs)
    spots = _layout(len(shown), ties)
    ids = snapshot.column("hcp", "id")[shown].tolist()
    count = np.bincount([end for a, b, _ in ties for end in (a, b)], minlength=len(shown))
    members = tuple(
        Member(
            ids[number], float(influence[row]), float(ends[row, 0]), float(ends[row, 1]), int(count[number]),
            float(spots[number, 0]), float(spots[number, 1]),
        )
        for number, row in enumerate(shown)
    )  # fmt: skip
    territory = str(snapshot.column("territory", "id")[chosen])
    return Map(territory, str(snapshot.column("territory", "name")[chosen]), members, ties, len(inside) - len(shown))


def draw(found: Map) -> str:
    """Dots for HCPs, lines for patients they share; who carries furthest is named."""
    picture = Picture(
        "territory", WIDTH, HEIGHT, f"Influence map of territory {found.name}",
        "Dots are HCPs, larger and darker the further their prescribing carries; lines are shared patients.",
    )  # fmt: skip
    most = max((patients for *_, patients in found.ties), default=1)
    for a, b, patients in reversed(found.ties):
        one, other = found.members[a], found.members[b]
        picture.line(one.x, one.y, other.x, other.y, "#8c959f", 0.5 + 3.5 * patients / most)
    top = max((member.value for member in found.members), default=0.0) or 1.0
    ranked = sorted(found.members, key=lambda member: member.value)
    for member in ranked:
        share = min(max(member.value / top, 0.0), 1.0)
        shade = SHADES[min(int(share * len(SHADES)), len(SHADES) - 1)]
        tip = f"{member.hcp}: {member.value:.2f} starts of others ({member.low:.2f} to {member.high:.2f})"
        picture.dot(member.x, member.y, 4 + 9 * share**0.5, shade, tip, INK)
    for rank, member in enumerate(reversed(ranked[-8:]), start=1):
        share = min(max(member.value / top, 0.0), 1.0)
        picture.text(member.x, member.y + 4, str(rank), "middle", "#ffffff" if share > 0.5 else INK, 10)
    for number, shade in enumerate(SHADES):
        x = 20.0 + 24 * number
        picture.bar(x, HEIGHT - 24, 24, 12, shade)
    picture.text(20, HEIGHT - 30, "0", "start", FAINT, 11)
    picture.text(20 + 24 * len(SHADES), HEIGHT - 30, f"{top:.2f} starts of others", "middle", FAINT, 11)
    return picture.render()


def _territory(view: View, influence: NDArray[np.float64], wanted: Subject | None) -> int:
    if wanted is not None:
        place = int(view.snapshot.positions("territory", np.array([wanted.id]))[0])
        if place < 0 or not view.in_territory[:, [place]].nnz:
            kind = f" is a {wanted.level} and" if wanted.level not in (None, "territory") else ""
            raise NotFound(f"{wanted.name}{kind} has no HCPs of its own: name a territory that HCPs belong to")
        return place
    total = view.in_territory.T @ np.nan_to_num(influence)
    if not len(total):
        raise NotFound("the twin holds no territories: load the alignment first")
    return int(total.argmax())


def _layout(count: int, ties: tuple[tuple[int, int, int], ...]) -> NDArray[np.float64]:
    """Spots of dots: what is tied attracts, everything repels (Fruchterman and Reingold); no draw of chance."""
    if not count:
        return np.zeros((0, 2))
    # Sunflower spots: spread evenly, never two in one line.
    angle = np.arange(count) * 2.399963
    spot = np.sqrt((np.arange(count) + 0.5) / count)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    near = 1.6 / np.sqrt(count)
    one = np.array([a for a, _, _ in ties], dtype=np.int64)
    other = np.array([b for _, b, _ in ties], dtype=np.int64)
    for heat in np.linspace(0.12, 0.002, 400):
        apart = spot[:, None, :] - spot[None, :, :]
        distance = np.sqrt((apart**2).sum(axis=2)) + 1e-9
        push = (apart * (near**2 / distance**2)[:, :, None]).sum(axis=1)
        pull = np.zeros_like(spot)
        along = spot[one] - spot[other]
        force = along * (np.sqrt((along**2).sum(axis=1)) / near)[:, None]
        np.add.at(pull, one, -force)
        np.add.at(pull, other, force)
        step = push + pull - 0.6 * spot
        length = np.sqrt((step**2).sum(axis=1))[:, None] + 1e-9
        spot = spot + step / length * np.minimum(length, heat)
    low, high = spot.min(axis=0), spot.max(axis=0)
    scaled = (spot - low) / np.maximum(high - low, 1e-9)
    room = np.array([WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE - 36])
    return scaled * room + EDGE if count > 1 else np.array([[WIDTH / 2, HEIGHT / 2]])
