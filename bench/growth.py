"""How the work grows with the size of a manifest, and with the number of packages."""

from __future__ import annotations

import math
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from measure import Spread, costs
from plot import Curve, chart
from subject import Subject

from pkgguard import api
from pkgguard.compat.engine import Compatibility

RELEASES = 126
CHANGES = 72
"""Kata's own numbers; the manifests here have a multiple of them."""
TIMES = "times Kata's releases and changes"
PACKAGES = "packages in one call, half clients and half servers"


@dataclass(frozen=True)
class Growth:
    """The cost of one kind of work at each size, in CPU seconds."""

    name: str
    unit: str
    sizes: tuple[int, ...]
    spreads: tuple[Spread, ...]

    @property
    def exponent(self) -> float:
        """The exponent of the power law that fits best, by least squares of the logarithms."""
        return _slope(self)

    @property
    def last(self) -> float:
        """The exponent between the two largest sizes, where constant costs matter least."""
        return _slope(self, 2)


def _slope(growth: Growth, among: int = 0) -> float:
    """Return the slope of the last ``among`` points over logarithmic axes; 0 means all points."""
    sizes = [math.log(one) for one in growth.sizes[-among:]]
    costs = [math.log(one.median) for one in growth.spreads[-among:]]
    x_middle, y_middle = statistics.fmean(sizes), statistics.fmean(costs)
    across = sum((x - x_middle) * (y - y_middle) for x, y in zip(sizes, costs, strict=True))
    return across / sum((x - x_middle) ** 2 for x in sizes)


def growth(
    subject: Subject, rounds: int, factors: tuple[int, ...], counts: tuple[int, ...], plots: Path
) -> None:
    """Measure every growth, print it, and draw it into the folder ``plots``."""
    texts = [manifest_text(factor) for factor in factors]
    manifests = [api.parse_manifest(text) for text in texts]
    manifest = api.parse_manifest(manifest_text(1))
    project = api.Project(manifest)
    works: dict[str, Callable[[api.Manifest], object]] = {
        "guard of one version": guard_one,
        "compatibility of all releases": everything,
        "check of one package": check_one,
    }
    found = [_of_commands(subject, texts, factors, rounds)]
    calls = [partial(api.parse_manifest, text) for text in texts]
    found.append(_of_calls("parsing a manifest", TIMES, factors, calls, rounds))
    for name, work in works.items():
        found.append(_of_calls(name, TIMES, factors, [partial(work, one) for one in manifests], rounds))
    for family in api.FAMILIES:
        calls = [partial(project.check_packages, guarded(manifest, family, count)) for count in counts]
        found.append(_of_calls(f"check of guarded {family} packages", PACKAGES, counts, calls, rounds))
    plots.mkdir(parents=True, exist_ok=True)
    print(f"\ngrowth ({rounds} rounds, the sizes by turns)")
    for one in found:
        print(
            f"  {one.name}, by {one.unit}: exponent {one.exponent:.2f}, between the last two {one.last:.2f}"
        )
        for size, spread in zip(one.sizes, one.spreads, strict=True):
            print(f"    {size:>6} {spread}")
        (plots / f"{one.name.replace(' ', '-')}.svg").write_text(_drawn(one), encoding="utf-8")
    print(f"  plots: {plots}")


def _of_commands(subject: Subject, texts: Sequence[str], factors: tuple[int, ...], rounds: int) -> Growth:
    """Measure ``pkgguard manifest check`` as a process, including start-up."""
    with tempfile.TemporaryDirectory() as scratch:
        entries = []
        for text, factor in zip(texts, factors, strict=True):
            path = Path(scratch, f"{factor}.toml")
            path.write_text(text)
            entries.append(subject.entry(str(factor), "manifest", "check", str(path)))
        found = costs(entries, rounds)
    return Growth("pkgguard manifest check", TIMES, factors, tuple(one.cpu for one in found))


def _of_calls(
    name: str, unit: str, sizes: tuple[int, ...], calls: Sequence[Callable[[], object]], rounds: int
) -> Growth:
    """Measure calls in this process by turns, after one round that is not counted."""
    values: list[list[float]] = [[] for _ in calls]
    for number in range(rounds + 1):
        for place, call in enumerate(calls):
            start = time.process_time()
            call()
            if number:
                values[place].append(max(time.process_time() - start, 1e-6))
    return Growth(name, unit, sizes, tuple(Spread(tuple(one)) for one in values))


def _drawn(one: Growth) -> str:
    medians = [spread.median for spread in one.spreads]
    straight = [medians[0] * size / one.sizes[0] for size in one.sizes]
    measured = [spread.values for spread in one.spreads]
    curves = [
        Curve("median, least to greatest", one.sizes, medians, measured),
        Curve("in proportion to the first", one.sizes, straight),
    ]
    return chart(f"{one.name}: exponent {one.exponent:.2f}", one.unit, "CPU seconds", curves)


def manifest_text(factor: int) -> str:
    """Return a manifest of ``factor`` times Kata's releases and changes."""
    count, changes = RELEASES * factor, CHANGES * factor
    releases = [f"{number // 400}.{number // 4 % 100}.{number % 4}" for number in range(4, count + 4)]
    listed = ", ".join(f'"{one}"' for one in releases)
    lines = [
        'manifest = 1\nproject = "growth"',
        f"[component.runtime]\nreleases = [{listed}]\n[component.agent]\nreleases = [{listed}]",
        '[package.kata-runtime]\ncarries = ["runtime"]\n[package.kata-containers-image]\ncarries = ["agent"]',
        '[protocol.agent]\nclient = ["runtime"]\nserver = "agent"',
    ]
    for number in range(changes):
        bound = releases[(number * count // changes) % count]
        kind = "changed" if number % (changes // 8 or 1) == 0 else "added"
        lines.append(
            f'[[change]]\nprotocol = "agent"\nkind = "{kind}"\nwhat = ["call-{number}"]\n'
            f'server = "{bound}"\nclient = "{bound}"\nbecause = "it is called"'
        )
    return "\n".join(lines)


def newest(manifest: api.Manifest) -> str:
    """Return the newest runtime as a package version."""
    return f"{manifest.components['runtime'].newest}-1"


def guard_one(manifest: api.Manifest) -> object:
    """Compute the relations of the newest runtime."""
    return api.Project(manifest).relations("deb", "kata-runtime", newest(manifest))


def everything(manifest: api.Manifest) -> int:
    """Compute the compatible agents of every runtime."""
    compatibility = Compatibility(manifest)
    return sum(
        len(compatibility.allowed_servers("agent", "runtime", release).boundaries)
        for release in manifest.components["runtime"].releases
    )


def check_one(manifest: api.Manifest) -> api.CheckResult:
    """Check one runtime with its own bound."""
    relations = {"Depends": "kata-containers-image (>= 0.2)"}
    return api.Project(manifest).check_packages(
        [api.make_package("deb", "kata-runtime", newest(manifest), relations)]
    )


def guarded(manifest: api.Manifest, family: str, count: int) -> list[api.Package]:
    """Return packages with the relations that pkgguard generates: half of them clients, half servers.

    Their versions are those of the manifest's releases, in turn, each rebuilt as often as needed.
    """
    packages = []
    for number in range(count):
        name = ("kata-runtime", "kata-containers-image")[number % 2]
        releases = manifest.components[("runtime", "agent")[number % 2]].releases
        release, build = releases[number // 2 % len(releases)], number // 2 // len(releases) + 1
        version = f"{release}-{build}"
        relations: dict[str, list[str]] = {}
        for one in api.Project(manifest).relations(family, name, version).relations:
            relations.setdefault(one.relation.field, []).append(one.relation.text)
        packages.append(api.make_package(family, name, version, relations))
    return packages
