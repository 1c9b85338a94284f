"""The benchmark's own parts: turns, spreads, exponents, charts."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "bench")


def test_commands_take_turns(tmp_path: Path) -> None:
    from measure import Entry, costs

    log = tmp_path / "log"
    entries = [
        Entry(name, [[sys.executable, "-c", f"open({str(log)!r}, 'a').write({name!r})"]]) for name in "ABC"
    ]
    found = costs(entries, 2)
    assert log.read_text() == "ABC" * 3
    assert [len(one.cpu.values) for one in found] == [2, 2, 2]
    assert all(0 < value < 10 for one in found for value in one.cpu.values)


def test_a_command_that_fails_is_not_measured() -> None:
    from measure import Entry, costs

    with pytest.raises(SystemExit, match="ended with 3: no good"):
        costs([Entry("A", [[sys.executable, "-c", "print('no good'); raise SystemExit(3)"]])], 1)


def test_a_spread_shows_its_ends() -> None:
    from measure import Spread

    assert str(Spread((0.2, 0.1, 0.4))).split() == ["0.200", "s", "(0.100–0.400)"]


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_exponent_is_that_of_the_power_law(power: float) -> None:
    from growth import Growth
    from measure import Spread

    sizes = (1, 3, 10, 30, 100)
    found = Growth("a", "b", sizes, tuple(Spread((0.5 * size**power,)) for size in sizes))
    assert math.isclose(found.exponent, power)
    assert math.isclose(found.last, power)


def test_a_chart_has_axes_with_ticks_and_labels_and_every_point() -> None:
    from plot import Curve, chart

    curve = Curve("what <is> measured", (1, 10, 100), (0.1, 1.2, 11.0), ((0.09, 0.2), (1, 2), (9, 12)))
    root = ElementTree.fromstring(chart("a & b", "packages", "CPU seconds", [curve]))  # noqa: S314
    texts = [one.text for one in root.iter(f"{SVG}text")]
    assert {"a & b", "packages", "CPU seconds", "what <is> measured", "1", "10", "100", "0.1"} <= set(texts)
    (line,) = root.iter(f"{SVG}polyline")
    points = [tuple(map(float, one.split(","))) for one in line.attrib["points"].split()]
    assert len(points) == 3
    assert points[1][0] - points[0][0] == pytest.approx(points[2][0] - points[1][0], abs=0.2)
    assert points[0][1] > points[1][1] > points[2][1]
    assert len(list(root.iter(f"{SVG}circle"))) == 3
