"""How the CPU time grows with the manifest, and with the packages of one call."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from plot import exponent, plot

from pkgguard import api
from pkgguard.compatibility import Compatibility, engine_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    Work = Callable[[], object]


def manifest_text(factor: int) -> str:
    """Return a manifest of ``factor`` times Kata's releases and changes."""
    count, changes = 126 * factor, 72 * factor
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


def of_manifests(factors: Sequence[int], runs: int, folder: Path) -> None:
    """Measure what is done with a manifest at several times Kata's size."""
    texts = {factor: manifest_text(factor) for factor in factors}
    ready = {factor: api.parse_manifest(text) for factor, text in texts.items()}
    newest = {factor: f"{one.components['runtime'].newest}-1" for factor, one in ready.items()}
    loose = {"Depends": "kata-containers-image (>= 0.2)"}

    def check(factor: int) -> object:
        # The engine of a manifest is kept, so it is read anew for each round.
        return api.advise_on(api.parse_manifest(texts[factor]))

    def releases(factor: int) -> object:
        engine = Compatibility(ready[factor])
        known = ready[factor].components["runtime"].releases
        return [engine.allowed_servers("agent", "runtime", release) for release in known]

    def package(factor: int) -> object:
        one = api.make_package("deb", "kata-runtime", newest[factor], loose)
        return api.check_packages([one], ready[factor])

    for one in ready.values():
        engine_of(one)
    work: dict[str, Callable[[int], object]] = {
        "parsing": lambda factor: api.parse_manifest(texts[factor]),
        "manifest check": check,
        "compatibility of all releases": releases,
        "check of one package": package,
    }
    measured = {
        name: _points({factor: _bound(call, factor) for factor in factors}, runs)
        for name, call in work.items()
    }
    _show("manifests of several times Kata's releases and changes", measured)
    plot(folder / "manifests.svg", "Growth with the manifest", "times Kata's size", measured)


def of_packages(counts: Sequence[int], runs: int, folder: Path) -> None:
    """Measure the check of many guarded packages in one call, half clients and half servers."""
    manifest = api.built_in().manifest
    packages = _guarded(manifest, max(counts))
    work = {count: _bound(lambda n: api.check_packages(packages[:n], manifest), count) for count in counts}
    measured = {"check of N guarded packages": _points(work, runs)}
    _show("guarded packages in one call", measured)
    plot(folder / "packages.svg", "Growth with the packages of one call", "packages", measured)


def _guarded(manifest: api.Manifest, count: int) -> list[api.Package]:
    releases = [release.text for release in manifest.components["runtime"].releases]
    packages = []
    for number in range(count // 2):
        version = f"{releases[number % len(releases)]}-{1 + number // len(releases)}"
        for name in ("kata-runtime", "kata-containers-image"):
            fields: dict[str, list[str]] = {}
            for one in api.relations_for(manifest, name, version, "deb").relations:
                fields.setdefault(one.relation.field, []).append(one.relation.text)
            packages.append(api.make_package("deb", name, version, fields))
    return packages


def _bound(call: Callable[[int], object], size: int) -> Work:
    return lambda: call(size)


def _points(work: Mapping[int, Work], runs: int) -> list[tuple[float, float]]:
    """Return the median CPU seconds of each size; the sizes are measured in turn."""
    seconds: dict[int, list[float]] = {size: [] for size in work}
    for _ in range(runs):
        for size, call in work.items():
            start = time.process_time()
            call()
            seconds[size].append(max(time.process_time() - start, 1e-6))
    return [(float(size), statistics.median(some)) for size, some in seconds.items()]


def _show(title: str, measured: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    print(f"\n{title}")
    for name, points in measured.items():
        shown = "  ".join(f"{size:g}: {seconds:.4f} s" for size, seconds in points)
        print(f"  {name:<32} {shown}   exponent {exponent(points):.2f}")
