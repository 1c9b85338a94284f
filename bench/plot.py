"""A plot of growth as SVG: both axes logarithmic, with ticks and labels, one line for each series."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 40, 50
COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd")


def plot(path: Path, title: str, across: str, series: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Write a plot of CPU seconds against sizes; ``across`` says what the sizes are."""
    sizes = [x for points in series.values() for x, _ in points]
    seconds = [y for points in series.values() for _, y in points]
    low, high = _decades(sizes)
    bottom, top = _decades(seconds)

    def right(x: float) -> float:
        return LEFT + (math.log10(x) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def down(y: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(y) - bottom) / (top - bottom) * (HEIGHT - TOP - BOTTOM)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif"'
        ' font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(WIDTH / 2, 20, title, "middle"),
        _text(WIDTH / 2, HEIGHT - 10, across, "middle"),
        f'<g transform="rotate(-90)">{_text(-HEIGHT / 2, 16, "CPU seconds", "middle")}</g>',
    ]
    for x in _ticks(low, high):
        lines.append(_line(right(x), TOP, right(x), HEIGHT - BOTTOM, "#ddd"))
        lines.append(_text(right(x), HEIGHT - BOTTOM + 18, f"{x:g}", "middle"))
    for y in _ticks(bottom, top):
        lines.append(_line(LEFT, down(y), WIDTH - RIGHT, down(y), "#ddd"))
        lines.append(_text(LEFT - 8, down(y) + 4, f"{y:g}", "end"))
    lines.append(_line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "black"))
    lines.append(_line(LEFT, TOP, LEFT, HEIGHT - BOTTOM, "black"))
    for points, colour in zip(series.values(), COLOURS, strict=False):
        places = " ".join(f"{right(x):.1f},{down(y):.1f}" for x, y in points)
        lines.append(f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines += [
            f'<circle cx="{right(x):.1f}" cy="{down(y):.1f}" r="3" fill="{colour}"/>' for x, y in points
        ]
    for number, (name, colour) in enumerate(zip(series, COLOURS, strict=False)):
        lines.append(
            f'<rect x="{LEFT + 10}" y="{TOP + 8 + 18 * number}" width="12" height="3" fill="{colour}"/>'
        )
        lines.append(_text(LEFT + 28, TOP + 14 + 18 * number, name, "start"))
    path.write_text("\n".join([*lines, "</svg>", ""]), encoding="utf-8")


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return the exponent of the power law between the first point and the last."""
    (first, start), (last, end) = points[0], points[-1]
    return math.log(end / start) / math.log(last / first)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _ticks(low: int, high: int) -> Iterator[float]:
    yield from (10.0**power for power in range(low, high + 1))


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(x: float, y: float, to_x: float, to_y: float, colour: str) -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{colour}"/>'
