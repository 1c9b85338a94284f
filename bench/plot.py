"""Charts as SVG: curves over two logarithmic axes, with ticks and labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 420
LEFT, RIGHT, TOP, BOTTOM = 80, 20, 60, 60
COLOURS = ("#1b5e9b", "#999999", "#b3541e", "#3d7a3d")


@dataclass(frozen=True)
class Curve:
    """The points of one curve, and the measurements behind each point, if any."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    spreads: Sequence[Sequence[float]] = ()


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis from ``low`` to ``high``, drawn from pixel ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the pixel of a value."""
        part = (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return self.start + part * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        """The values to label: 1, 2 and 5 times each power of ten that is on the axis."""
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        every = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
        return [one for one in every if self.low * 0.999 <= one <= self.high * 1.001]


def chart(title: str, across: str, upwards: str, curves: Sequence[Curve]) -> str:
    """Return a chart of some curves; ``across`` and ``upwards`` label the axes."""
    xs = [x for one in curves for x in one.xs]
    ys = [y for one in curves for y in (*one.ys, *(y for spread in one.spreads for y in spread))]
    x_axis = Axis(min(xs), max(xs), LEFT, WIDTH - RIGHT)
    y_axis = Axis(min(ys) / 1.5, max(ys) * 1.5, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        ' font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(LEFT, 20, title, size=15),
        *_grid(x_axis, y_axis),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 15, across, anchor="middle"),
        _text(18, (TOP + HEIGHT - BOTTOM) / 2, upwards, anchor="middle", turned=True),
    ]
    for number, (one, colour) in enumerate(zip(curves, COLOURS, strict=False)):
        parts += _curve(one, x_axis, y_axis, colour)
        parts += [_line(LEFT + 200 * number, 40, LEFT + 200 * number + 20, 40, colour, 2)]
        parts += [_text(LEFT + 200 * number + 26, 44, one.name)]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _grid(x_axis: Axis, y_axis: Axis) -> list[str]:
    parts = []
    for x in x_axis.ticks:
        place = x_axis.at(x)
        parts += [
            _line(place, y_axis.start, place, y_axis.end, "#e4e4e4"),
            _line(place, y_axis.start, place, y_axis.start + 5),
        ]
        parts += [_text(place, y_axis.start + 20, f"{x:g}", anchor="middle")]
    for y in y_axis.ticks:
        place = y_axis.at(y)
        parts += [
            _line(x_axis.start, place, x_axis.end, place, "#e4e4e4"),
            _line(x_axis.start - 5, place, x_axis.start, place),
        ]
        parts += [_text(x_axis.start - 9, place + 4, f"{y:g}", anchor="end")]
    parts += [_line(x_axis.start, y_axis.start, x_axis.end, y_axis.start)]
    parts += [_line(x_axis.start, y_axis.start, x_axis.start, y_axis.end)]
    return parts


def _curve(curve: Curve, x_axis: Axis, y_axis: Axis, colour: str) -> list[str]:
    points = [(x_axis.at(x), y_axis.at(y)) for x, y in zip(curve.xs, curve.ys, strict=True)]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts = [f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>']
    for (x, y), spread in zip(points, curve.spreads, strict=False):
        parts += [_line(x, y_axis.at(min(spread)), x, y_axis.at(max(spread)), colour)]
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>']
    return parts


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = "#333333", width: int = 1) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"/>'


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", size: int = 12, turned: bool = False
) -> str:
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
    return f"<text {place}{turn}>{escape(text)}</text>"
