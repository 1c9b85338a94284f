"""Generated relations of Kata: a pair of packages can be installed exactly if it works."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pkgguard.families.losses import ALTERNATIVE_LEFT_OUT, HOLE_REFUSED, RECOMMENDATION_LEFT_OUT
from real.build import rpm_repository
from real.deb_root import DebRoot
from real.generated import (
    TARGETS,
    build_generated,
    real_verdicts,
)
from real.guarded_packages import (
    IMAGE,
    KATA,
    RELEASES,
    RUNTIME,
    Packages,
    kata_packages,
    kata_works,
    pair,
    paths,
)
from real.rpm_root import RpmRoot
from real.tools import in_parallel, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]


# (runtime, image): both sides of the bounds within 1.x, at 2.0.0, within 2.x, at 3.2.0, and the newest.
SAMPLE = [
    ("1.0.0", "1.0.0"), ("1.1.0", "1.0.0"), ("1.0.0", "1.1.0"), ("1.3.0", "1.2.2"), ("1.2.2", "1.3.0"),
    ("1.9.0", "1.8.5"), ("1.8.5", "1.9.0"), ("1.0.0", "1.12.1"), ("1.12.1", "1.12.1"), ("1.12.1", "2.0.0"),
    ("2.0.0", "1.12.1"), ("2.0.0", "2.0.0"), ("2.0.0", "2.2.3"), ("2.0.0", "2.3.0"), ("2.3.3", "2.2.3"),
    ("2.4.0", "2.3.3"), ("2.3.3", "2.4.0"), ("3.1.3", "3.2.0"), ("3.2.0", "3.1.3"), ("3.2.0", "3.2.0"),
    ("3.2.0", "3.3.0"), ("3.3.0", "3.2.0"), ("4.1.0", "3.3.0"), ("4.1.0", "1.0.0"), ("1.10.8", "1.11.0"),
    ("1.11.0", "1.10.8"), ("1.6.7", "1.11.0"), ("2.1.0", "2.0.4"), ("3.28.0", "3.32.0"), ("3.32.0", "4.0.0"),
    ("4.0.0", "3.32.0"), ("4.0.0", "4.1.0"), ("4.1.0", "4.0.0"),
]  # fmt: skip


def bare_packages(directory: Path, target: tuple[str, str], releases: Iterable[str] = RELEASES) -> Packages:
    keys = product((RUNTIME, IMAGE), releases)
    return build_generated(directory, KATA, target, keys, keep=lambda relation: False)


def lost_pairs(packages: Packages) -> set[tuple[str, str]]:
    """Return the pairs (runtime, image) that a loss says are refused although they work."""
    found = set()
    for (name, release), built in packages.items():
        for peer, other in built.excluded_releases:
            if {name, peer} == {RUNTIME, IMAGE}:
                found.add((release, other) if name == RUNTIME else (other, release))
    return found


def differences(
    pairs: Sequence[tuple[str, str]], verdicts: Sequence[bool], guarded: Packages | None = None
) -> list[str]:
    """Name the pairs on which the real tool and the manifest disagree, beyond the losses of ``guarded``."""
    lost = lost_pairs(guarded or {})
    assert not any(runtime == image for runtime, image in lost)
    return [
        f"runtime {runtime} with image {image}: {'installed' if real else 'refused'}"
        for (runtime, image), real in zip(pairs, verdicts, strict=True)
        if real != (kata_works(runtime, image) and (runtime, image) not in lost)
    ]


def test_the_sample_has_many_of_both_kinds() -> None:
    for pairs in (SAMPLE, list(product(RELEASES, RELEASES))):
        share = sum(kata_works(*one) for one in pairs) / len(pairs)
        assert 0.15 < share < 0.85


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target[1])
def test_every_kata_pair_installs_exactly_if_it_works(tmp_path: Path, target: tuple[str, str]) -> None:
    packages = kata_packages(tmp_path / "packages", target)
    lost = {loss.id for one in packages.values() for loss in one.generated.losses}
    # Old rpm has no Recommends and no alternatives; it and Breaks cannot leave out the runtimes in between
    # that an image refuses. Nothing else of Kata is beyond any dialect.
    expected = {
        "deb": {HOLE_REFUSED},
        "rpm": set(),
        "rpm-legacy": {RECOMMENDATION_LEFT_OUT, ALTERNATIVE_LEFT_OUT, HOLE_REFUSED},
    }
    assert lost == expected[target[1]]
    assert bool(lost_pairs(packages)) == (target[1] != "rpm")
    pairs = list(product(RELEASES, RELEASES))
    files = [pair(packages, *one) for one in pairs]
    assert not differences(pairs, real_verdicts(tmp_path, target[0], files), packages)
    # The order in which the files are named decides nothing.
    turned = [pair(packages, *one)[::-1] for one in SAMPLE]
    assert not differences(SAMPLE, real_verdicts(tmp_path, target[0], turned), packages)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target[1])
@pytest.mark.parametrize("guarded", [RUNTIME, IMAGE])
def test_one_guarded_side_is_enough(tmp_path: Path, guarded: str, target: tuple[str, str]) -> None:
    """The other side may be like an old package, without any relation to its peer."""
    releases = RELEASES[1::2]
    packages = bare_packages(tmp_path / "bare", target, releases)
    ours = kata_packages(tmp_path / "guarded", target, releases)
    ours = {key: built for key, built in ours.items() if key[0] == guarded}
    packages |= ours
    pairs = list(product(releases, releases))
    files = [pair(packages, *one) for one in pairs]
    assert not differences(pairs, real_verdicts(tmp_path, target[0], files), ours)


def test_packages_for_old_rpm_ask_for_nothing_that_it_lacks(tmp_path: Path) -> None:
    modern = kata_packages(tmp_path / "modern", ("rpm", "rpm"), ["2.1.0"])
    legacy = kata_packages(tmp_path / "legacy", ("rpm", "rpm-legacy"), ["2.1.0"])
    for packages, rich in ((modern, True), (legacy, False)):
        command = ["rpm", "--query", "--package", "--requires", "--recommends", "--conflicts"]
        shown = run([*command, *pair(packages, "2.1.0", "2.1.0")], home=tmp_path).checked().output
        assert ("rpmlib(RichDependencies)" in shown) == rich == ("(kata" in shown)


@pytest.mark.parametrize("order", ["image first", "runtime first", "image, runtime", "runtime, image"])
def test_dpkg_configures_both_exactly_if_they_work(tmp_path: Path, kata_debs: Packages, order: str) -> None:
    def both(releases: tuple[str, str]) -> bool:
        root = DebRoot(tmp_path / "-".join(releases))
        debs = pair(kata_debs, *releases)
        if order.startswith("image"):
            debs.reverse()
        runs = [root.dpkg_install(*debs)] if "," in order else [root.dpkg_install(deb) for deb in debs]
        # The runtime waits for its image where it comes first, in a run of its own.
        runs.append(root.dpkg_configure())
        ends = root.configured()
        assert len(ends) == 2 or not all(runs)
        return len(ends) == 2

    assert not differences(SAMPLE, in_parallel(both, SAMPLE), kata_debs)


def test_rpm_installs_the_runtime_beside_the_image_exactly_if_they_work(
    tmp_path: Path, kata_rpms: Packages
) -> None:
    def both(releases: tuple[str, str]) -> bool:
        runtime, image = pair(kata_rpms, *releases)
        root = RpmRoot(tmp_path / "-".join(releases))
        root.install(image).checked()
        content = bool(root.install(runtime))
        assert content == (set(root.installed()) == {RUNTIME, IMAGE})
        return content

    assert not differences(SAMPLE, in_parallel(both, SAMPLE))


def test_dnf_installs_both_exactly_if_they_work(tmp_path: Path, kata_rpms: Packages) -> None:
    repo = rpm_repository(tmp_path / "repo", [one.path for one in kata_rpms.values()])
    pairs = SAMPLE[::2]
    assert len({kata_works(*one) for one in pairs}) == 2

    def both(releases: tuple[str, str]) -> bool:
        root = RpmRoot(tmp_path / "-".join(releases))
        outcome = root.dnf("install", f"{RUNTIME}-{releases[0]}", f"{IMAGE}-{releases[1]}", repo=repo)
        installed = root.installed()
        assert bool(outcome) == (installed == {IMAGE: (f"{releases[1]}-1",), RUNTIME: (f"{releases[0]}-1",)})
        return bool(outcome)

    assert not differences(pairs, in_parallel(both, pairs))


STARTS = [("1.2.0", "1.3.0"), ("1.8.5", "1.9.0"), ("2.1.0", "2.2.0"), ("3.2.0", "3.3.0")]


def replacements(start: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the pairs that replacing one side of a pair by any other release leads to."""
    runtime, image = start
    return [(one, image) for one in RELEASES] + [(runtime, one) for one in RELEASES]


@pytest.mark.parametrize("start", STARTS[::2], ids="-".join)
@pytest.mark.parametrize("replacement", ["guarded", "bare"])
def test_dpkg_replaces_one_side_exactly_if_the_new_pair_works(
    tmp_path: Path, kata_debs: Packages, start: tuple[str, str], replacement: str
) -> None:
    """What comes in without any relation is judged by what stays, and what stays is enough."""
    incoming = kata_debs if replacement == "guarded" else bare_packages(tmp_path / "bare", ("deb", "deb"))

    def ends_in(end: tuple[str, str]) -> bool:
        root = DebRoot(tmp_path / "-".join(end))
        root.dpkg_install(*reversed(pair(kata_debs, *start))).checked()
        if end == start:
            return True
        name, release = (RUNTIME, end[0]) if end[0] != start[0] else (IMAGE, end[1])
        outcome = root.dpkg_install(*paths(incoming, (name, release)))
        configured = root.configured()
        wanted = {RUNTIME: f"{end[0]}-1", IMAGE: f"{end[1]}-1"}
        assert bool(outcome) == (configured == wanted)
        assert configured == wanted or configured.items() <= {
            (RUNTIME, f"{start[0]}-1"),
            (IMAGE, f"{start[1]}-1"),
        }
        return bool(outcome)

    ends = list(dict.fromkeys(replacements(start)))
    stays = {key: kata_debs[key] for key in zip((RUNTIME, IMAGE), start, strict=True)}
    judges = kata_debs if replacement == "guarded" else stays
    assert not differences(ends, in_parallel(ends_in, ends), judges)


@pytest.mark.parametrize("start", STARTS, ids="-".join)
def test_rpm_replaces_one_side_exactly_if_the_new_pair_works(
    tmp_path: Path, kata_rpms: Packages, start: tuple[str, str]
) -> None:
    root = RpmRoot(tmp_path / "system")
    root.install(*pair(kata_rpms, *start)).checked()

    def accepts(end: tuple[str, str]) -> bool:
        name, release = (RUNTIME, end[0]) if end[0] != start[0] else (IMAGE, end[1])
        options = ["--test", "--oldpackage", "--replacepkgs"]
        return bool(root.install(*paths(kata_rpms, (name, release)), upgrade=True, options=options))

    ends = replacements(start)
    assert not differences(ends, in_parallel(accepts, ends))


@pytest.mark.parametrize("dropped", [{"Depends"}, {"Breaks"}], ids=str)
def test_without_half_of_the_relations_dpkg_or_apt_lets_the_wrong_pairs_meet(
    tmp_path: Path, dropped: set[str]
) -> None:
    """The proofs above can fail: each half of what is generated is needed for one of them."""
    keys = list(product((RUNTIME, IMAGE), ("1.8.5", "1.9.0")))
    packages = build_generated(
        tmp_path, KATA, ("deb", "deb"), keys, keep=lambda relation: relation.field not in dropped
    )
    root = DebRoot(tmp_path / "system")
    root.dpkg_install(*reversed(pair(packages, "1.9.0", "1.9.0"))).checked()
    replaced = root.dpkg_install(*paths(packages, (IMAGE, "1.8.5")))
    assert bool(replaced) == ("Breaks" in dropped)
    alone = real_verdicts(tmp_path, "deb", [paths(packages, (RUNTIME, "1.9.0"))])
    assert alone == ["Depends" in dropped]
