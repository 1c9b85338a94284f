"""The format ``svg``: the majors that a history would have by each version policy, as charts.

Each component and each protocol has a chart, with a line for each policy. The same
history always gives the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.escape.xml import xml_text
from pkgguard.manifest import limits
from pkgguard.report.page import counted
from pkgguard.report.release_text import century_text, number_text
from pkgguard.report.written import bounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.evolution.simulate import SimulatedHistory, SimulatedLine
    from pkgguard.report.answers import SimulationAnswer
    from pkgguard.report.look import Look

_WIDTH: Final = 960
_LEFT: Final = 64
_PLOT: Final = 500
_TOP: Final = 44
_HEIGHT: Final = 220
_CHART: Final = _TOP + _HEIGHT + 64
_LEGEND: Final = _LEFT + _PLOT + 24
_TICKS: Final = 8
_LONGEST: Final = 48
"""The characters of a name in a title, and of a release at an axis."""


class _Pen(NamedTuple):
    colour: str
    dash: str
    width: int


# Colours that people with any form of colour blindness can tell apart. Lines may coincide, so the first
# ones are wide.
_PENS: Final = (
    _Pen("#56b4e9", "", 8),
    _Pen("#e69f00", "", 5),
    _Pen("#009e73", "", 2),
    _Pen("#000000", "2 5", 2),
)


def render(answer: SimulationAnswer, look: Look) -> Iterator[str]:
    """Yield the charts, one below the other."""
    del look
    yield from bounded(_document(answer), limits.ANSWER)


def _document(answer: SimulationAnswer) -> Iterator[str]:
    histories = answer.result.histories
    height = max(1, len(histories)) * _CHART + 16
    title = f"Releases of {_shortened(answer.found.manifest.project)} by version policy"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}"'
        f' viewBox="0 0 {_WIDTH} {height}" role="img" font-family="sans-serif" font-size="12">\n'
        f"<title>{xml_text(title)}</title>\n"
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>\n'
    )
    for place, history in enumerate(histories):
        yield f'<g transform="translate(0 {place * _CHART})">\n'
        yield from _chart(history)
        yield "</g>\n"
    yield "</svg>\n"


def _chart(history: SimulatedHistory) -> Iterator[str]:
    releases = history.releases
    kind = "protocol " if history.is_protocol else ""
    heading = f"{kind}{_shortened(history.name)}: {counted(len(releases), 'release')}"
    yield _text(_LEFT, 26, heading, "start", 'font-weight="bold" font-size="14"')
    scale = _Scale.of(history)
    yield from _axes(history, scale)
    for place, line in enumerate(history.lines):
        pen = _PENS[place % len(_PENS)]
        yield (
            f'<polyline fill="none" stroke="{pen.colour}" stroke-width="{pen.width}"'
            f'{_dashed(pen)} points="{_points(line, scale)}"/>\n'
        )
        yield from _legend(history, line, pen, _TOP + 12 + 44 * place)


class _Scale(NamedTuple):
    """Where a release and a major stand in a chart; ``steps`` are the majors at the axis."""

    last: int
    steps: tuple[int, ...]

    @classmethod
    def of(cls, history: SimulatedHistory) -> _Scale:
        """Return the scale on which every line of a history fits."""
        lowest = min((line.numbers[0][0] for line in history.lines), default=0)
        highest = max((line.numbers[-1][0] for line in history.lines), default=0)
        step, power = 1, 1
        while highest - lowest > 5 * step:
            step = next((factor * power for factor in (2, 5) if factor * power > step), 10 * power)
            power = step if step == 10 * power else power
        # The lowest line stands above the axis of the releases.
        first = max(0, lowest - 1) // step * step
        return cls(max(1, len(history.releases) - 1), tuple(range(first, highest + step, step)))

    def x(self, place: int) -> str:
        return _coordinate(_LEFT + _PLOT * place / self.last)

    def y(self, major: int) -> str:
        first, last = self.steps[0], self.steps[-1]
        return _coordinate(_TOP + _HEIGHT - _HEIGHT * (major - first) / max(1, last - first))


def _axes(history: SimulatedHistory, scale: _Scale) -> Iterator[str]:
    bottom = _TOP + _HEIGHT
    for major in scale.steps:
        y = scale.y(major)
        yield f'<path stroke="#d0d0d0" d="M{_LEFT} {y}H{_LEFT + _PLOT}"/>\n'
        yield _text(_LEFT - 8, y, _shortened(str(major), 7), "end", 'dominant-baseline="middle"')
    yield f'<path fill="none" stroke="#404040" d="M{_LEFT} {_TOP}V{bottom}H{_LEFT + _PLOT}"/>\n'
    for place in _ticks(len(history.releases)):
        x = scale.x(place)
        yield f'<path stroke="#404040" d="M{x} {bottom}v5"/>\n'
        yield _text(x, bottom + 19, _shortened(str(history.releases[place]), _PLOT // _TICKS // 7), "middle")
    owner = "server release" if history.is_protocol else "release"
    yield _text(_LEFT + _PLOT // 2, bottom + 40, f"{owner}, as it is numbered", "middle")
    middle = _TOP + _HEIGHT // 2
    yield _text(20, middle, "major", "middle", f'transform="rotate(-90 20 {middle})"')


def _ticks(count: int) -> list[int]:
    """Return the places at the axis: the first, the last, and some between them."""
    gaps = min(_TICKS, count - 1)
    return [round(place * (count - 1) / gaps) for place in range(gaps + 1)] if gaps else [0]


def _points(line: SimulatedLine, scale: _Scale) -> str:
    """Return the corners of a line, which rises at each major."""
    major = line.numbers[0][0]
    corners = [(0, major)]
    for place, number in enumerate(line.numbers):
        spend()
        if number[0] != major:
            corners += [(place, major), (place, number[0])]
            major = number[0]
    corners.append((scale.last, major))
    return " ".join(f"{scale.x(place)},{scale.y(height)}" for place, height in corners)


def _legend(history: SimulatedHistory, line: SimulatedLine, pen: _Pen, y: int) -> Iterator[str]:
    yield (f'<path stroke="{pen.colour}" stroke-width="{pen.width}"{_dashed(pen)} d="M{_LEGEND} {y}h28"/>\n')
    last = number_text(line.numbers[-1], is_protocol=history.is_protocol)
    yield _text(
        _LEGEND + 36, y + 4, _shortened(f"{line.policy.name}: {last}", 40), "start", 'font-weight="bold"'
    )
    yield _text(_LEGEND + 36, y + 20, century_text(line), "start", 'font-size="11"')


def _dashed(pen: _Pen) -> str:
    return f' stroke-dasharray="{pen.dash}"' if pen.dash else ""


def _text(x: int | str, y: int | str, text: str, anchor: str, more: str = "") -> str:
    """Return a text element; ``more`` are attributes that are ready."""
    attributes = f" {more}" if more else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{attributes}>{xml_text(text)}</text>\n'


def _shortened(text: str, most: int = _LONGEST) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _coordinate(value: float) -> str:
    """Return a coordinate with at most one decimal place."""
    return f"{value:.1f}".removesuffix(".0")
