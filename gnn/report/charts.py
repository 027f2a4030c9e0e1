"""The charts of the page, each from the figures that its table shows."""

import math
from collections.abc import Mapping, Sequence

from gnn.report.svg import BLUE, FAINT, GREEN, INK, ORANGE, PALE, Axis, Picture

WIDTH, ROW = 420.0, 26.0


def calibration_curve(curve: Sequence[Mapping[str, float]]) -> str:
    """Observed over predicted rate; on the diagonal both are equal. Bars: 95 % of what chance does to a count."""
    size, left = 340.0, 52.0
    spread = [1.96 * math.sqrt(one["observed"] * (1 - one["observed"]) / one["rows"]) for one in curve]
    most = max(
        (max(one["predicted"], one["observed"] + wide) for one, wide in zip(curve, spread, strict=True)), default=1
    )
    across, up = Axis(0, 1.05 * most, left, size - 10), Axis(0, 1.05 * most, size - 44, 12)
    picture = Picture("curve", size, size, "Calibration", "Observed rate over predicted rate, with the diagonal.")
    for tick in across.ticks():
        picture.line(across.at(tick), up.at(0), across.at(tick), up.at(up.high), PALE)
        picture.line(left, up.at(tick), size - 10, up.at(tick), PALE)
        picture.text(across.at(tick), size - 28, f"{tick:g}", "middle", FAINT)
        picture.text(left - 6, up.at(tick) + 4, f"{tick:g}", "end", FAINT)
    picture.line(across.at(0), up.at(0), across.at(across.high), up.at(up.high), FAINT, 1, "5 4")
    for one, wide in zip(curve, spread, strict=True):
        x = across.at(one["predicted"])
        picture.line(x, up.at(max(one["observed"] - wide, 0)), x, up.at(one["observed"] + wide), BLUE, 1.5)
    picture.path([(across.at(one["predicted"]), up.at(one["observed"])) for one in curve])
    for one in curve:
        picture.dot(across.at(one["predicted"]), up.at(one["observed"]))
    picture.text((left + size) / 2, size - 8, "predicted rate", "middle")
    picture.text(left + 6, 22, "observed rate")
    return picture.render()


def lift_curve(lift: Sequence[Mapping[str, float]]) -> str:
    """Share of events among the rows with the highest values; the dashed line is what chance finds."""
    size, left = 340.0, 52.0
    across, up = Axis(0, 0.55, left, size - 10), Axis(0, 1, size - 44, 12)
    picture = Picture("lift", size, size, "Lift", "Share of all events found, over the share of rows looked at.")
    for tick in (0, 0.1, 0.2, 0.3, 0.4, 0.5):
        picture.line(across.at(tick), up.at(0), across.at(tick), up.at(1), PALE)
        picture.text(across.at(tick), size - 28, f"{tick:.0%}", "middle", FAINT)
    for tick in (0, 0.25, 0.5, 0.75, 1):
        picture.line(left, up.at(tick), size - 10, up.at(tick), PALE)
        picture.text(left - 6, up.at(tick) + 4, f"{tick:.0%}", "end", FAINT)
    picture.line(across.at(0), up.at(0), across.at(0.5), up.at(0.5), FAINT, 1, "5 4")
    points = [(across.at(one["depth"]), up.at(one["share"])) for one in lift]
    picture.path([(across.at(0), up.at(0)), *points])
    for x, y in points:
        picture.dot(x, y)
    picture.text((left + size) / 2, size - 8, "of the rows, highest first", "middle")
    picture.text(left + 6, 26, "of all events")
    return picture.render()


def gains(name: str, title: str, rows: Sequence[tuple[str, Sequence[float]]]) -> str:
    """Differences with their intervals beside a line at nothing: blue above it, orange below, else open."""
    left, height = 170.0, 40 + ROW * len(rows)
    ends = [end for _, found in rows for end in found] + [0.0]
    pad = 0.08 * (max(ends) - min(ends) or 1)
    axis = Axis(min(ends) - pad, max(ends) + pad, left, WIDTH - 14)
    picture = Picture(name, WIDTH, height, title, "Each row has a dot at the gain and a line over its 95 % interval.")
    for tick in axis.ticks(4):
        picture.line(axis.at(tick), 8, axis.at(tick), height - 26, PALE)
        picture.text(axis.at(tick), height - 10, f"{tick:+g}" if tick else "0", "middle", FAINT)
    picture.line(axis.at(0), 8, axis.at(0), height - 26, INK)
    for place, (words, (value, low, high)) in enumerate(rows):
        y = 22 + ROW * place
        colour = BLUE if low > 0 else ORANGE if high < 0 else INK
        picture.text(left - 10, y + 4, words, "end")
        picture.line(axis.at(low), y, axis.at(high), y, colour, 2)
        picture.dot(axis.at(value), y, 4.5, colour if colour != INK else "#ffffff", edge=colour)
    return picture.render()


def bars(name: str, title: str, rows: Sequence[tuple[str, float]], marks: Sequence[tuple[float, str]] = ()) -> str:
    """Sizes beside names; ``marks`` are values to be told apart from, each with a word."""
    left, height = 170.0, (34 if marks else 20) + ROW * len(rows)
    most = max([value for _, value in rows] + [value for value, _ in marks] + [1e-9])
    axis = Axis(0, 1.18 * most, left, WIDTH - 8)
    picture = Picture(name, WIDTH, height, title, "A bar per row; its length is the number in the table.")
    top = 24.0 if marks else 8.0
    for value, words in marks:
        picture.line(axis.at(value), top, axis.at(value), height - 4, ORANGE, 1.5, "4 3")
        picture.text(axis.at(value), 16, words, "middle", ORANGE)
    for place, (words, value) in enumerate(rows):
        y = top + ROW * place
        picture.text(left - 10, y + 14, words, "end")
        picture.bar(left, y + 3, axis.at(value) - left, ROW - 9)
        picture.text(axis.at(value) + 5, y + 14, f"{value:.2f}", "start", FAINT, halo=True)
    return picture.render()


def coverage(rows: Sequence[tuple[str, float, float]]) -> str:
    """Per level how often intervals that promise 90 % held what came, and how often ones of no width would have."""
    left, height = 170.0, 44 + ROW * len(rows)
    axis = Axis(min(0.8, *(value for _, *both in rows for value in both)) - 0.01, 1.0, left, WIDTH - 20)
    words = "A dot per level, a pale one for intervals of no width, the goal is dashed."
    picture = Picture("coverage", WIDTH, height, "Coverage of 90 % intervals", words)
    for tick in axis.ticks(4):
        picture.line(axis.at(tick), 8, axis.at(tick), height - 26, PALE)
        picture.text(axis.at(tick), height - 10, f"{tick:.0%}", "middle", FAINT)
    picture.line(axis.at(0.9), 8, axis.at(0.9), height - 26, GREEN, 1.5, "5 4")
    for place, (level, value, without) in enumerate(rows):
        y = 22 + ROW * place
        picture.text(left - 10, y + 4, level, "end")
        picture.dot(axis.at(without), y, 5, PALE)
        picture.dot(axis.at(value), y, 5)
    return picture.render()


def worlds(name: str, rows: Sequence[tuple[str, Mapping[str, float]]], order: Sequence[str]) -> str:
    """Mean AUC of each model per regime; the shape and colour of a mark is its model's."""
    left, height = 170.0, 64 + ROW * len(rows)
    values = [value for _, found in rows for value in found.values()]
    axis = Axis(min(values) - 0.01, max(values) + 0.01, left, WIDTH - 14)
    colours = dict(zip(order, (FAINT, PALE, ORANGE, BLUE, GREEN, INK), strict=False))
    picture = Picture(name, WIDTH, height, "AUC in sample worlds", "A row per regime, a dot per model and the oracle.")
    for tick in axis.ticks(4):
        picture.line(axis.at(tick), 30, axis.at(tick), height - 26, PALE)
        picture.text(axis.at(tick), height - 10, f"{tick:g}", "middle", FAINT)
    for place, (words, found) in enumerate(rows):
        y = 44 + ROW * place
        picture.text(left - 10, y + 4, words, "end", size=11)
        for model in order:
            if model in found:
                picture.dot(axis.at(found[model]), y, 5, colours[model], f"{model} {found[model]:.3f}", INK)
    x = 4.0
    for model in order:
        picture.dot(x + 4, 12, 4.5, colours[model], edge=INK)
        picture.text(x + 12, 16, model.replace("lightgbm", "lgbm"), size=10.5)
        x += 24 + 5.9 * len(model.replace("lightgbm", "lgbm"))
    return picture.render()
