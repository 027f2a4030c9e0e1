"""Small pictures as SVG text: an axis, points, bars, whiskers; no library and no script."""

import math
from collections.abc import Sequence
from html import escape

INK, FAINT, PALE = "#1b1f24", "#57606a", "#d0d7de"
BLUE, ORANGE, GREEN = "#0b5cad", "#b34700", "#1a6b3c"
"""On white their contrast is at least 5:1; no two are told apart by hue alone, each picture has a table beside it."""
SIZE = 12


class Picture:
    """A drawing of ``width`` by ``height`` units; ``title`` and ``words`` are what a screen reader says of it."""

    def __init__(self, name: str, width: float, height: float, title: str, words: str) -> None:
        self._parts: list[str] = []
        self._name, self._width, self._height = name, width, height
        self._title, self._words = title, words

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = INK, width: float = 1, dash: str = ""
    ) -> None:
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._add(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
                  f'stroke-width="{width:.2f}"{dashed}/>')  # fmt: skip

    def path(self, points: Sequence[tuple[float, float]], colour: str = BLUE) -> None:
        """A line through points."""
        text = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._add(f'<polyline points="{text}" fill="none" stroke="{colour}" stroke-width="2"/>')

    def dot(
        self, x: float, y: float, radius: float = 4, colour: str = BLUE, tip: str = "", edge: str = "#ffffff"
    ) -> None:
        """A filled circle; ``tip`` is shown when it is pointed at."""
        inner = f"<title>{escape(tip)}</title>" if tip else ""
        self._add(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" stroke="{edge}">{inner}</circle>'
        )

    def bar(self, x: float, y: float, width: float, height: float, colour: str = BLUE) -> None:
        """A filled rectangle."""
        self._add(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}" fill="{colour}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        anchor: str = "start",
        colour: str = INK,
        size: float = SIZE,
        *,
        halo: bool = False,
    ) -> None:
        """Words that begin, end or are centred at a point: ``start``, ``end``, ``middle``; ``halo`` on lines."""
        under = ' paint-order="stroke" stroke="#ffffff" stroke-width="4" stroke-linejoin="round"' if halo else ""
        self._add(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size:g}"{under}>'
            f"{escape(words)}</text>"
        )

    def render(self) -> str:
        """The SVG element."""
        return (
            f'<svg viewBox="0 0 {self._width:g} {self._height:g}" width="{self._width:g}" '
            f'height="{self._height:g}" role="img" '
            f'aria-labelledby="{self._name}-title {self._name}-words">'
            f'<title id="{self._name}-title">{escape(self._title)}</title>'
            f'<desc id="{self._name}-words">{escape(self._words)}</desc>{"".join(self._parts)}</svg>'
        )

    def _add(self, part: str) -> None:
        self._parts.append(part)


class Axis:
    """From values to units of a drawing, with round numbers to write at it."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        if high <= low:
            high = low + 1
        self.low, self.high = low, high
        self._start, self._end = start, end

    def at(self, value: float) -> float:
        """Where a value lies."""
        return self._start + (value - self.low) / (self.high - self.low) * (self._end - self._start)

    def ticks(self, most: int = 6) -> list[float]:
        """Round values within the axis."""
        step = _round_step((self.high - self.low) / most)
        # A hair of room: 0.05 / 0.05 may be 0.9999.
        first, last = math.ceil(self.low / step - 1e-6), math.floor(self.high / step + 1e-6)
        return [round(number * step, 10) for number in range(first, last + 1)]


def _round_step(least: float) -> float:
    size = 10.0 ** len(str(int(1 / least))) if least < 1 else 1.0
    unit = 1 / size
    while True:
        for factor in (1, 2, 5):
            if unit * factor >= least:
                return unit * factor
        unit *= 10
