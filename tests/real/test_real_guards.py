"""Packages with generated relations, built for real, and what dpkg, apt, rpm and dnf make of them."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pkgguard import api
from pkgguard.families.lookup import family as family_named
from pkgguard.families.losses import ALTERNATIVE_LEFT_OUT, HOLE_REFUSED, RECOMMENDATION_LEFT_OUT
from real.build import deb_repository, rpm_repository
from real.deb_root import DebRoot
from real.generated import (
    TARGETS,
    Built,
    Written,
    build_generated,
    build_written,
    real_verdicts,
    works,
)
from real.rpm_root import RpmRoot
from real.tools import Outcome, in_parallel, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

RUNTIME, IMAGE = "kata-runtime", "kata-containers-image"
KATA = api.built_in().manifest

# The first release on each side of every bound of Kata's history, the last before it, and some between.
RELEASES = (
    "1.0.0", "1.1.0", "1.1.1", "1.2.0", "1.2.2", "1.3.0", "1.4.3", "1.5.0", "1.6.7", "1.7.0", "1.8.5",
    "1.9.0", "1.10.8", "1.11.0", "1.12.1", "2.0.0", "2.0.4", "2.1.0", "2.1.1", "2.2.0", "2.2.3", "2.3.0",
    "2.3.3", "2.4.0", "2.4.3", "2.5.0", "3.1.3", "3.2.0", "3.3.0", "3.15.0", "3.16.0", "3.17.0", "3.27.0",
    "3.28.0", "3.29.0", "3.31.0", "3.32.0", "4.0.0", "4.1.0",
)  # fmt: skip

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

Packages = dict[tuple[str, str], Built]


def kata_works(runtime: str, image: str) -> bool:
    return works(KATA, (RUNTIME, runtime), (IMAGE, image))


def kata_packages(directory: Path, target: tuple[str, str], releases: Iterable[str] = RELEASES) -> Packages:
    return build_generated(directory, KATA, target, product((RUNTIME, IMAGE), releases))


def bare_packages(directory: Path, target: tuple[str, str], releases: Iterable[str] = RELEASES) -> Packages:
    keys = product((RUNTIME, IMAGE), releases)
    return build_generated(directory, KATA, target, keys, keep=lambda relation: False)


@pytest.fixture(scope="module")
def kata_debs(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    return kata_packages(tmp_path_factory.mktemp("debs"), ("deb", "deb"))


@pytest.fixture(scope="module")
def kata_rpms(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    return kata_packages(tmp_path_factory.mktemp("rpms"), ("rpm", "rpm"))


def paths(packages: Packages, *keys: tuple[str, str]) -> list[Path]:
    return [packages[key].path for key in keys]


def pair(packages: Packages, runtime: str, image: str) -> list[Path]:
    return paths(packages, (RUNTIME, runtime), (IMAGE, image))


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


# --- Kata: every pair


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


# --- Kata: one after the other


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


# --- Kata: one side replaced under the other

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


# --- Upgrades over an incompatible boundary

BOUNDARIES = [("1.8.5", "1.9.0"), ("1.12.1", "2.0.0"), ("3.1.3", "3.2.0")]
APT = [("install", RUNTIME), ("install", IMAGE), ("upgrade",), ("dist-upgrade",)]
DNF = [("upgrade",), ("upgrade", RUNTIME), ("upgrade", IMAGE), ("upgrade", "--best", "--allowerasing")]


def is_sound(installed: Mapping[str, str]) -> bool:
    """Return whether what is installed holds no pair that does not work."""
    plain = {name: version.removesuffix("-1") for name, version in installed.items()}
    return set(plain) != {RUNTIME, IMAGE} or kata_works(plain[RUNTIME], plain[IMAGE])


def single(installed: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    assert all(len(versions) == 1 for versions in installed.values())
    return {name: versions[0] for name, versions in installed.items()}


def both_at(version: str) -> dict[str, str]:
    return {RUNTIME: f"{version}-1", IMAGE: f"{version}-1"}


@pytest.mark.parametrize("command", APT, ids=" ".join)
@pytest.mark.parametrize(("old", "new"), BOUNDARIES)
def test_apt_takes_both_over_a_boundary(
    tmp_path: Path, kata_debs: Packages, old: str, new: str, command: tuple[str, ...]
) -> None:
    root = DebRoot(tmp_path / "system")
    root.dpkg_install(*reversed(pair(kata_debs, old, old))).checked()
    repo = deb_repository(tmp_path / "repo", pair(kata_debs, old, old) + pair(kata_debs, new, new))
    outcome = root.apt(*command, repo=repo)
    # The older runtime works with image 1.9.0, and apt is then free to take the image alone.
    alone = command == ("install", IMAGE) and kata_works(old, new)
    assert outcome
    assert root.configured() == both_at(new) | ({RUNTIME: f"{old}-1"} if alone else {})
    assert is_sound(root.configured())
    assert root.apt_check()


@pytest.mark.parametrize("command", DNF, ids=" ".join)
@pytest.mark.parametrize(("old", "new"), BOUNDARIES)
def test_dnf_takes_both_over_a_boundary(
    tmp_path: Path, kata_rpms: Packages, old: str, new: str, command: tuple[str, ...]
) -> None:
    root = RpmRoot(tmp_path / "system")
    root.install(*pair(kata_rpms, old, old)).checked()
    repo = rpm_repository(tmp_path / "repo", pair(kata_rpms, old, old) + pair(kata_rpms, new, new))
    outcome = root.dnf(*command, repo=repo)
    alone = command == ("upgrade", IMAGE) and kata_works(old, new)
    assert outcome
    assert single(root.installed()) == both_at(new) | ({RUNTIME: f"{old}-1"} if alone else {})
    assert is_sound(single(root.installed()))


@pytest.mark.parametrize("side", [RUNTIME, IMAGE])
def test_no_manager_mixes_where_only_one_side_is_published(
    tmp_path: Path, kata_debs: Packages, kata_rpms: Packages, side: str
) -> None:
    old, new = "1.12.1", "2.0.0"
    debs, rpms = paths(kata_debs, (side, new)), paths(kata_rpms, (side, new))
    deb_repo, rpm_repo = deb_repository(tmp_path / "deb", debs), rpm_repository(tmp_path / "rpm", rpms)
    for words in (("install", side), ("upgrade",), ("dist-upgrade",)):
        deb_root = DebRoot(tmp_path / f"deb {words[0]}")
        deb_root.dpkg_install(*reversed(pair(kata_debs, old, old))).checked()
        deb_root.apt(*words, repo=deb_repo)
        assert is_sound(deb_root.configured())
        # Only what may remove may change anything.
        assert words[0] != "upgrade" or deb_root.configured() == both_at(old)
    for number, words in enumerate((*DNF, ("upgrade", "--best"), ("install", side))):
        rpm_root = RpmRoot(tmp_path / f"rpm {number}")
        rpm_root.install(*pair(kata_rpms, old, old)).checked()
        rpm_root.dnf(*words, repo=rpm_repo)
        assert is_sound(single(rpm_root.installed()))
        assert "--allowerasing" in words or single(rpm_root.installed()) == both_at(old)


# --- Upgrades from what was published without guards

# As the 2018 templates wrote it, with nothing above; the image said nothing at all.
LOOSE = {
    "deb": [Written(IMAGE, "1.0.0-1"), Written(RUNTIME, "1.0.0-1", (f"Depends: {IMAGE} (>= 1.0.0)",))],
    "rpm": [Written(IMAGE, "1.0.0-1"), Written(RUNTIME, "1.0.0-1", (f"Requires: {IMAGE} >= 1.0.0",))],
}
NEW = "2.0.0"


def test_dpkg_refuses_the_new_image_under_an_unguarded_runtime(tmp_path: Path, kata_debs: Packages) -> None:
    root = DebRoot(tmp_path / "system")
    root.dpkg_install(*build_written(tmp_path, "deb", LOOSE["deb"])).checked()
    refused = root.dpkg_install(*paths(kata_debs, (IMAGE, NEW)))
    assert not refused
    assert "would break" in refused.output
    assert root.configured() == both_at("1.0.0")
    # Without the Breaks of the image there is nothing to stop it.
    bare = build_written(tmp_path, "deb", [Written(IMAGE, f"{NEW}-1")])
    assert root.dpkg_install(*bare)
    assert not is_sound(root.configured())


def test_rpm_refuses_the_new_image_under_an_unguarded_runtime(tmp_path: Path, kata_rpms: Packages) -> None:
    root = RpmRoot(tmp_path / "system")
    root.install(*build_written(tmp_path, "rpm", LOOSE["rpm"])).checked()
    refused = root.install(*paths(kata_rpms, (IMAGE, NEW)), upgrade=True)
    assert not refused
    assert "conflicts with" in refused.output
    assert single(root.installed()) == both_at("1.0.0")
    bare = build_written(tmp_path, "rpm", [Written(IMAGE, f"{NEW}-1")])
    assert root.install(*bare, upgrade=True)
    assert not is_sound(single(root.installed()))


@pytest.mark.parametrize("available", [(IMAGE,), (RUNTIME,), (RUNTIME, IMAGE)], ids=" ".join)
def test_apt_never_leaves_a_new_package_with_an_unguarded_old_one(
    tmp_path: Path, kata_debs: Packages, available: tuple[str, ...]
) -> None:
    repo = deb_repository(tmp_path / "repo", paths(kata_debs, *((name, NEW) for name in available)))
    loose = build_written(tmp_path, "deb", LOOSE["deb"])
    for number, words in enumerate(APT):
        root = DebRoot(tmp_path / f"system {number}")
        root.dpkg_install(*loose).checked()
        root.apt(*words, repo=repo)
        assert is_sound(root.configured()), words
        if len(available) == 2:
            assert root.configured() == both_at(NEW), words


@pytest.mark.parametrize("available", [(IMAGE,), (RUNTIME,), (RUNTIME, IMAGE)], ids=" ".join)
def test_dnf_never_leaves_a_new_package_with_an_unguarded_old_one(
    tmp_path: Path, kata_rpms: Packages, available: tuple[str, ...]
) -> None:
    repo = rpm_repository(tmp_path / "repo", paths(kata_rpms, *((name, NEW) for name in available)))
    loose = build_written(tmp_path, "rpm", LOOSE["rpm"])
    for number, words in enumerate(DNF):
        root = RpmRoot(tmp_path / f"system {number}")
        root.install(*loose).checked()
        root.dnf(*words, repo=repo)
        assert is_sound(single(root.installed())), words
        if len(available) == 2:
            assert single(root.installed()) == both_at(NEW), words


# --- Shapes that Kata's own history does not have

HEAD = """
manifest = 1
project = "shapes"
[component.runtime]
releases = ["1.0.0", "1.0.5", "1.1.0", "1.2.0", "1.3.0", "2.0.0"]
[component.agent]
releases = ["1.0.0", "1.0.5", "1.1.0", "1.2.0", "1.3.0", "2.0.0"]
"""
RUNTIME_PACKAGE = '[package.runtime]\ncarries = ["runtime"]\n'
IMAGE_PACKAGE = '[package.image]\ncarries = ["agent"]\n'
INITRD_PACKAGE = '[package.initrd]\ncarries = ["agent"]\n'
PROTOCOL = '[protocol.agent]\nclient = ["runtime"]\nserver = "agent"\n'
PLAIN = HEAD + RUNTIME_PACKAGE + IMAGE_PACKAGE + PROTOCOL
ALTERNATIVES = HEAD + RUNTIME_PACKAGE + IMAGE_PACKAGE + INITRD_PACKAGE + PROTOCOL


def change(kind: str, server: str, client: str = "", what: str = "Call") -> str:
    needed = f"client = {client}\n" if client else ""
    return f'[[change]]\nprotocol = "agent"\nkind = "{kind}"\nwhat = "{what}"\nserver = {server}\n{needed}'


def broken(component: str, release: str) -> str:
    return f'[[broken]]\ncomponent = "{component}"\nrelease = "{release}"\n'


ADDED = change("added", '"1.1.0"', '"1.1.0"')
REMADE = change("changed", '"2.0.0"', '"2.0.0"', "Form")
# Two holes: what 1.1.0 lacks and its branch has, and the broken one.
HOLED = change("added", '["1.0.5", "1.2.0"]', '"1.0.5"', "Backported") + broken("agent", "1.3.0")
SHAPES = {
    "removed and added again": PLAIN
    + ADDED
    + change("removed", '"1.2.0"')
    + change("added", '"1.3.0"', '"1.3.0"'),
    "removed for a client that stopped": PLAIN + change("removed", '"1.2.0"', '"1.1.0"'),
    "a branch without a hole": PLAIN + change("added", '["1.0.5", "1.1.0"]', '"1.0.5"'),
    "a branch with a hole": PLAIN + change("added", '["1.0.5", "1.2.0"]', '["1.0.5", "1.2.0"]'),
    "two forms at once": PLAIN + change("changed", '"1.1.0"', '"1.2.0"') + 'old_until = "1.3.0"\n',
    "two holes": PLAIN + HOLED,
    "broken server": PLAIN + ADDED + broken("agent", "1.2.0"),
    "broken newest server": PLAIN + ADDED + broken("agent", "2.0.0"),
    "broken client": PLAIN + ADDED + broken("runtime", "1.2.0"),
    "broken on both sides": PLAIN + ADDED + broken("runtime", "1.2.0") + broken("agent", "1.2.0"),
    "a hole that is published": PLAIN.replace(
        '[package.image]\ncarries = ["agent"]',
        '[package.image]\ncarries = ["agent"]\n[package.image.deb]\npublished = ["1.2.0-1", "1.3.0-1"]',
    )
    + broken("agent", "1.2.0"),
    "epoch and another name": PLAIN.replace(
        IMAGE_PACKAGE, IMAGE_PACKAGE + 'epoch = 1\nrpm = "Image-For_RPM"\n'
    )
    + ADDED
    + REMADE,
    "epoch of the client": PLAIN.replace(RUNTIME_PACKAGE, RUNTIME_PACKAGE + "epoch = 2\n") + ADDED + REMADE,
    "protocol versions": PLAIN.replace(PROTOCOL, PROTOCOL + 'provides = "agent-protocol"\n') + ADDED + REMADE,
    "protocol versions and a hole": PLAIN.replace(PROTOCOL, PROTOCOL + 'provides = "agent-protocol"\n')
    + ADDED
    + broken("agent", "1.2.0"),
    "lockstep": PLAIN + '[policy]\nmode = "lockstep"\n',
    "lockstep with an epoch": PLAIN.replace(IMAGE_PACKAGE, IMAGE_PACKAGE + "epoch = 1\n")
    + '[policy]\nmode = "lockstep"\nprereleases = "include"\n',
    "window": PLAIN + ADDED + '[policy]\nmode = "window"\nwindow = 1\n',
    "window with a hole": PLAIN + broken("agent", "1.1.0") + '[policy]\nmode = "window"\nwindow = 2\n',
    "nothing beyond the newest": PLAIN + ADDED + '[policy]\nhorizon = "none"\n',
    "everything beyond the newest": PLAIN + ADDED + '[policy]\nhorizon = "major"\n',
    "listed prereleases": PLAIN.replace('"1.1.0", ', '"1.1.0-rc.1", "1.1.0-rc.10", "1.1.0", ')
    + change("added", '"1.1.0-rc.10"', '"1.1.0-rc.1"'),
    "two clients in one package": (
        HEAD + '[component.shim]\nreleases = ["1.0.0", "1.1.0", "1.3.0", "2.0.0"]\n'
    )
    + '[package.runtime]\ncarries = ["runtime", "shim"]\n'
    + IMAGE_PACKAGE
    + PROTOCOL.replace('["runtime"]', '["runtime", "shim"]')
    + change("added", '"1.1.0"', '{ runtime = "1.1.0" }')
    + change("removed", '"2.0.0"', '{ shim = "1.3.0" }', "Old"),
    "two packages of clients": (HEAD + '[component.shim]\nreleases = ["1.0.0", "1.1.0", "1.3.0", "2.0.0"]\n')
    + '[package.runtime]\ncarries = ["runtime"]\n[package.shim]\ncarries = ["shim"]\n'
    + IMAGE_PACKAGE
    + PROTOCOL.replace('["runtime"]', '["runtime", "shim"]')
    + change("added", '"1.1.0"', '{ runtime = "1.1.0", shim = "1.3.0" }'),
    "two images": ALTERNATIVES + ADDED + REMADE,
    "two images and a hole": ALTERNATIVES + ADDED + broken("agent", "1.2.0"),
    "two images with a slot": ALTERNATIVES.replace(PROTOCOL, PROTOCOL + 'slot = "agent-slot"\n') + ADDED,
    "two images by protocol": ALTERNATIVES.replace(
        PROTOCOL, PROTOCOL + 'slot = "agent-slot"\nprovides = "agent-protocol"\n'
    )
    + ADDED
    + REMADE,
}

NUMBERED = {
    "1.0.0": "14.11",
    "1.0.5": "14.12",
    "1.1.0": "15.4",
    "1.2.0": "15.20",
    "1.3.0": "16.01",
    "2.0.0": "17",
}


def numbered(shape: str) -> str:
    """Return a shape with a project's own numbers as its releases."""
    for release, number in NUMBERED.items():
        shape = shape.replace(f'"{release}"', f'"{number}"')
    return shape.replace("releases =", 'scheme = "numbers"\nreleases =')


BUNDLED = IMAGE_PACKAGE.replace('["agent"]', '["bundle", "agent"]')
SHAPES |= {
    "a bundle with another number": PLAIN.replace(
        IMAGE_PACKAGE,
        '[component.bundle]\nreleases = ["20.1.0", "20.2.0", "20.9.0", "21.0.0"]\n'
        + BUNDLED
        + '[package.image.published]\n"20.1.0" = { agent = "1.0.5" }\n"20.2.0" = { agent = "1.1.0" }\n'
        + '"20.9.0" = { agent = "1.3.0" }\n"21.0.0" = { agent = "2.0.0" }\n',
    )
    + ADDED
    + REMADE,
    "a version that sorts as another": PLAIN.replace(
        IMAGE_PACKAGE,
        IMAGE_PACKAGE + '[package.image.published]\n"1.2.0+really1.0.5-1" = "1.0.5"\n',
    )
    + ADDED,
    "a change from a revision on": PLAIN.replace("releases =", 'scheme = "numbers"\nreleases =')
    .replace('"1.1.0", ', '"1.1.0", "1.1.0.3", ')
    .replace(IMAGE_PACKAGE, IMAGE_PACKAGE + '[package.image.published]\n"1.1.0-3" = "1.1.0.3"\n')
    + change("added", '"1.1.0.3"', '"1.1.0"'),
    "an epoch from a release on": PLAIN.replace(
        IMAGE_PACKAGE, IMAGE_PACKAGE + 'epoch = { "1.0.0" = 0, "1.2.0" = 2, "2.0.0" = 3 }\n'
    )
    + ADDED
    + REMADE,
    "the past as the oldest": PLAIN.replace('"1.0.0", ', "") + ADDED + '[policy]\npast = "oldest"\n',
    "numbers": numbered(PLAIN + ADDED + REMADE),
    "numbers and a branch": numbered(SHAPES["a branch with a hole"]),
    "numbers in lockstep": numbered(SHAPES["lockstep"]),
    "numbers in a window": numbered(SHAPES["window"]),
    "numbers and nothing beyond": numbered(SHAPES["nothing beyond the newest"]),
    "four numbers and words": SHAPES["lockstep"]
    .replace("releases =", 'scheme = "numbers"\nreleases =')
    .replace('"1.0.0", "1.0.5"', '"0.6.5.9", "0.6.5.11", "9.2rc1", "9.2", "9.2p1", "9.2p2", "23.03.1"'),
}


def links(manifest: api.Manifest) -> list[tuple[str, str]]:
    """Return the (client package, server package) that talk."""
    (protocol,) = manifest.protocols.values()
    return [
        (client.name, server.name)
        for client, server in product(manifest.packages.values(), repeat=2)
        if set(client.carries) & set(protocol.clients) and protocol.server in server.carries
    ]


def releases_of(manifest: api.Manifest, package: str) -> list[str]:
    return [release.text for release in manifest.releases_of(manifest.packages[package])]


def every_package(directory: Path, manifest: api.Manifest, target: tuple[str, str]) -> Packages:
    wanted = [(name, release) for name in manifest.packages for release in releases_of(manifest, name)]
    return build_generated(directory, manifest, target, wanted)


def is_lost(packages: Packages, family: str, one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Return whether a loss of either package names the other's release as given up."""
    ours, theirs = packages[one], packages[other]
    return (theirs.generated.name, other[1]) in ours.excluded_releases or (
        (ours.generated.name, one[1]) in theirs.excluded_releases
    )


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target[1])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_pair_of_a_shape_installs_exactly_if_it_works_or_a_loss_names_it(
    tmp_path: Path, shape: str, target: tuple[str, str]
) -> None:
    manifest = api.parse_manifest(SHAPES[shape])
    packages = every_package(tmp_path / "packages", manifest, target)
    pairs = [
        ((client, one), (server, other))
        for client, server in links(manifest)
        for one, other in product(releases_of(manifest, client), releases_of(manifest, server))
    ]
    verdicts = real_verdicts(tmp_path, target[0], [paths(packages, *one) for one in pairs])
    wrong = defaultdict(list)
    for (client, server), real in zip(pairs, verdicts, strict=True):
        right = works(manifest, client, server)
        if real and not right:
            wrong["let in"].append((client, server))
        lost = is_lost(packages, target[0], client, server)
        if right and not real and not lost:
            wrong["refused, and no loss says so"].append((client, server))
        if right and real and lost:
            wrong["let in, though a loss says that it is refused"].append((client, server))
    assert not wrong
    assert len(set(verdicts)) == 2, "all pairs alike prove nothing"


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target[1])
@pytest.mark.parametrize("shape", [name for name in SHAPES if name.startswith("two images")])
def test_two_images_at_once_fit_only_if_each_of_them_works(
    tmp_path: Path, shape: str, target: tuple[str, str]
) -> None:
    """One image that satisfies the runtime must not hide another that does not."""
    manifest = api.parse_manifest(SHAPES[shape])
    packages = every_package(tmp_path / "packages", manifest, target)
    releases = ["1.0.0", "1.1.0", "1.2.0", "2.0.0"]
    sets = [
        (("runtime", one), ("image", two), ("initrd", three))
        for one, two, three in product(releases, repeat=3)
    ]
    verdicts = real_verdicts(tmp_path, target[0], [paths(packages, *one) for one in sets])
    slot = manifest.protocols["agent"].slot
    for (runtime, *images), real in zip(sets, verdicts, strict=True):
        right = not slot and all(works(manifest, runtime, image) for image in images)
        lost = any(is_lost(packages, target[0], runtime, image) for image in images)
        assert real == right or (right and lost), (runtime, images, real)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target[1])
@pytest.mark.parametrize("presence", ["required", "optional"])
def test_an_optional_image_satisfies_and_is_kept_away_where_it_does_not_work(
    tmp_path: Path, presence: str, target: tuple[str, str]
) -> None:
    initrd = INITRD_PACKAGE + f'presence = "{presence}"\n'
    manifest = api.parse_manifest(ALTERNATIVES.replace(INITRD_PACKAGE, initrd) + ADDED)
    packages = every_package(tmp_path / "packages", manifest, target)
    runtime, image = ("runtime", "1.1.0"), ("image", "1.1.0")
    old, new = ("initrd", "1.0.0"), ("initrd", "1.1.0")
    asked = [(runtime,), (runtime, image), (runtime, new), (runtime, image, new), (runtime, image, old)]
    verdicts = real_verdicts(tmp_path, target[0], [paths(packages, *one) for one in asked])
    # Old rpm can require one package only, and says that it gave the other up.
    alone = not is_lost(packages, target[0], runtime, new)
    assert alone == (target[1] != "rpm-legacy")
    assert verdicts == [False, True, alone, True, False]
    # The image is named first, so it is what a package manager installs.
    requiring = ("Depends", "Requires")
    written = [one.relation for one in packages[runtime].generated.relations]
    assert all(one.text.lstrip("(").startswith("image") for one in written if one.field in requiring)


def test_dpkg_keeps_an_unguarded_image_out_of_a_hole_only_where_its_version_is_published(
    tmp_path: Path,
) -> None:
    """What the loss of a hole says is so, no more and no less."""
    names = {"broken server": False, "a hole that is published": True}
    for shape, published in names.items():
        manifest = api.parse_manifest(SHAPES[shape])
        directory = tmp_path / shape
        packages = build_generated(
            directory, manifest, ("deb", "deb"), [("runtime", "1.3.0"), ("image", "1.3.0")]
        )
        losses = [loss.message for loss in packages["runtime", "1.3.0"].generated.losses]
        assert any("hole" in reason for reason in losses)
        (bare,) = build_written(directory / "bare", "deb", [Written("image", "1.2.0-1")])
        root = DebRoot(directory / "system")
        root.dpkg_install(*paths(packages, ("image", "1.3.0"), ("runtime", "1.3.0"))).checked()
        assert bool(root.dpkg_install(bare)) != published
        together = real_verdicts(directory, "deb", [[packages["runtime", "1.3.0"].path, bare]])
        assert together == [False]


# --- Versions that packagers make of a release

EARLY = PLAIN + ADDED + REMADE + '[policy]\nprereleases = "{}"\n'


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target[1])
@pytest.mark.parametrize("policy", ["exclude", "include"])
def test_prereleases_of_a_bound_are_kept_out_or_let_in_as_the_policy_says(
    tmp_path: Path, policy: str, target: tuple[str, str]
) -> None:
    manifest = api.parse_manifest(EARLY.format(policy))
    versions = ["1.0.0-1", "1.1.0~rc1-1", "1.1.0-1", "2.0.0~rc1-1", "2.0.0-1"]
    packages = build_generated(tmp_path, manifest, target, product(("runtime", "image"), versions))
    rows = [
        "".join(
            ".#"[verdict]
            for verdict in real_verdicts(
                tmp_path,
                target[0],
                [paths(packages, ("runtime", ours), ("image", other)) for other in versions],
            )
        )
        for ours in versions
    ]
    # Runtime by runtime; the columns are the images in the same order. No policy crosses 2.0.0, and a
    # prerelease of one side always fits that of the other.
    assert (
        rows
        == {
            "exclude": ["###..", ".##..", "..#..", "...#.", "....#"],
            "include": ["###..", ".##..", ".##..", "...##", "...##"],
        }[policy]
    )


@pytest.mark.parametrize(
    ("target", "decorated"),
    [
        (("deb", "deb"), ["1.1.0-0.1", "1.1.0-29", "1.1.0+git.a69326b-29", "1.1.0-1+b1", "1.1.0-1~bpo12+1"]),
        (("rpm", "rpm"), ["1.1.0-0", "1.1.0-29.1", "1.1.0+git.a69326b-29", "1.1.0^git1-1", "1.1.0-1.fc39"]),
    ],
    ids=["deb", "rpm"],
)
def test_any_build_of_a_release_counts_as_that_release(
    tmp_path: Path, target: tuple[str, str], decorated: list[str]
) -> None:
    manifest = api.parse_manifest(SHAPES["lockstep"])
    versions = ["1.0.5-1", *decorated, "1.2.0-1"]
    packages = build_generated(tmp_path, manifest, target, product(("runtime", "image"), versions))
    pairs = list(product(versions, versions))
    verdicts = real_verdicts(
        tmp_path, target[0], [paths(packages, ("runtime", one), ("image", other)) for one, other in pairs]
    )
    for (one, other), real in zip(pairs, verdicts, strict=True):
        assert real == (one[:5] == other[:5]), (one, other)


# --- What the packaging tools make of the output


def generate(tmp_path: Path, *words: str | Path) -> str:
    """Run ``pkgguard generate`` twice, in processes of their own, and give its output."""
    project = str(Path(api.__file__).resolve().parent.parent)
    outputs = []
    for seed in "12":
        environment = {"PYTHONPATH": project, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pkgguard", "generate", "--quiet", *words]
        outputs.append(run(command, home=tmp_path, environment=environment).checked().output)
    assert outputs[0] == outputs[1]
    return outputs[0]


def shape_file(tmp_path: Path, name: str) -> Path:
    path = tmp_path / "pkgguard.toml"
    path.write_text(SHAPES[name], encoding="utf-8")
    return path


# (shape or empty for Kata, package, version): every field is in at least one of them.
OUTPUTS = [
    ("", RUNTIME, "2.1.0-1"),
    ("", IMAGE, "1.3.0-1"),
    ("two holes", "runtime", "1.3.0-1"),
    ("two images by protocol", "runtime", "1.3.0-1"),
    ("two images by protocol", "image", "2.0.0-1"),
    ("epoch and another name", "image", "1:1.0.5-1"),
]
outputs = pytest.mark.parametrize(("shape", "name", "version"), OUTPUTS)

SOURCE = """\
Source: kata
Maintainer: Nobody <nobody@example.org>
Standards-Version: 4.6.2

Package: {name}
Architecture: all
{fields}
Description: test package
 Made for one test.
"""
CHANGELOG = """\
kata (0-1) unstable; urgency=medium

  * Test.

 -- Nobody <nobody@example.org>  Thu, 21 Jun 2018 18:53:00 +0000
"""


def relations(
    manifest: api.Manifest, name: str, version: str, target: tuple[str, str]
) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one in api.Project(manifest).relations(target[0], name, version, target=target[1]).relations:
        found[one.relation.field].add(one.relation.text)
    return dict(found)


def manifest_of(shape: str) -> api.Manifest:
    return api.parse_manifest(SHAPES[shape]) if shape else KATA


def gencontrol(tmp_path: Path, control: str, version: str, *words: str) -> Outcome:
    (tmp_path / "debian").mkdir()
    (tmp_path / "debian/control").write_text(control, encoding="utf-8")
    (tmp_path / "debian/changelog").write_text(CHANGELOG, encoding="utf-8")
    (tmp_path / "debian/substvars").touch()
    return run(["dpkg-gencontrol", f"-v{version}", "-O", *words], home=tmp_path)


def fields_of(package: api.Package) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for relation in package.relations:
        found[relation.field].add(relation.text)
    return dict(found)


@outputs
def test_dpkg_gencontrol_takes_the_substvars(tmp_path: Path, shape: str, name: str, version: str) -> None:
    options = ["--manifest", shape_file(tmp_path, shape)] if shape else []
    text = generate(tmp_path, name, version, "--format", "substvars", *options)
    names = family_named("deb").relation_fields
    fields = "\n".join(f"{field}: ${{pkgguard:{field}}}" for field in names)
    (tmp_path / "pkgguard.substvars").write_text(text, encoding="utf-8")
    done = gencontrol(
        tmp_path, SOURCE.format(name=name, fields=fields), version, "-Tpkgguard.substvars"
    ).checked()
    assert "warning" not in done.output
    package = api.describe_package("deb", done.output)
    assert (package.name, package.version, package.malformed) == (name, version, ())
    assert fields_of(package) == relations(manifest_of(shape), name, version, ("deb", "deb"))


@outputs
def test_dpkg_gencontrol_takes_the_fields_with_their_comments(
    tmp_path: Path, shape: str, name: str, version: str
) -> None:
    options = ["--manifest", shape_file(tmp_path, shape)] if shape else []
    text = generate(tmp_path, name, version, "--format", "control", *options)
    assert re.search(r"^# ", text, re.MULTILINE)
    done = gencontrol(tmp_path, SOURCE.format(name=name, fields=text.rstrip("\n")), version).checked()
    assert "warning" not in done.output
    assert "#" not in done.output
    package = api.describe_package("deb", done.output)
    assert fields_of(package) == relations(manifest_of(shape), name, version, ("deb", "deb"))


SPEC = """\
Name: {name}
Version: {version}
Release: {release}
{epoch}Summary: test package
License: none
BuildArch: noarch
%include %{{_topdir}}/relations.inc
%description
Test.
%files
"""
QUERY = "".join(
    f"[{field}\\t%{{{tag}NAME}} %{{{tag}FLAGS:depflags}} %{{{tag}VERSION}}\\n]"
    for field, tag in (
        ("Requires", "REQUIRE"), ("Recommends", "RECOMMEND"),
        ("Conflicts", "CONFLICT"), ("Provides", "PROVIDE"),
    )
)  # fmt: skip


@pytest.mark.parametrize("dialect", ["rpm", "rpm-legacy"])
@outputs
def test_rpmbuild_takes_the_spec_lines(
    tmp_path: Path, shape: str, name: str, version: str, dialect: str
) -> None:
    options = ["--manifest", shape_file(tmp_path, shape)] if shape else []
    text = generate(
        tmp_path, name, version, "--family", "rpm", "--format", "spec", "--target", dialect, *options
    )
    assert re.search(r"^# ", text, re.MULTILINE)
    manifest = manifest_of(shape)
    shipped = manifest.packages[name].shipping["rpm"].name
    epoch, plain, release = family_named("rpm").split(version)
    top = tmp_path / "top"
    top.mkdir()
    (top / "relations.inc").write_text(text, encoding="utf-8")
    spec = SPEC.format(
        name=shipped, version=plain, release=release, epoch=f"Epoch: {epoch}\n" if epoch else ""
    )
    (top / "package.spec").write_text(spec, encoding="utf-8")
    built = run(
        ["rpmbuild", "-bb", "--define", f"_topdir {top}", "--define", f"_rpmdir {top}", top / "package.spec"],
        home=tmp_path,
    ).checked()
    assert "warning" not in built.output
    (rpm,) = top.rglob("*.rpm")
    listing = (
        run(["rpm", "--query", "--package", "--queryformat", QUERY, rpm], home=tmp_path).checked().output
    )
    found: dict[str, set[str]] = defaultdict(set)

    def is_own(text: str) -> bool:
        # rpmbuild adds the package's own name and the features that its relations need.
        return not text.startswith(("rpmlib(", f"{shipped} = "))

    for line in listing.splitlines():
        field, _, said = line.partition("\t")
        said = " ".join(said.split())
        if is_own(said):
            found[field].add(said)
    assert dict(found) == relations(manifest, name, version, ("rpm", dialect))
    # And pkgguard reads from the file what rpm reads from it.
    read = fields_of(api.read_package(rpm))
    assert {field: own for field, texts in read.items() if (own := {*filter(is_own, texts)})} == dict(found)


# --- Versions that do not show their release by their number alone

REBUILT = PLAIN.replace(IMAGE_PACKAGE, IMAGE_PACKAGE + 'rebuilds = ["~3-0", "~ce"]\n') + ADDED + REMADE
PUBLISHED = {
    "1.0.5~3-0~debian": False,
    "1.1.0~1.rc1-1": False,
    "1.1.0~3-0~debian-buster": True,
    "1.1.0~ce-0~ubuntu": True,
    "1.1.0-1": True,
    "1.3.0~ce-0": True,
    "2.0.0~3-0~debian": False,
}


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target[1])
def test_rebuilds_below_their_release_install_exactly_if_it_works(
    tmp_path: Path, target: tuple[str, str]
) -> None:
    """The same versions without the key are refused, so the bounds really open to them.

    rpm sorts letters below numbers, so no bound of it has ~ce and leaves out the prerelease ~1.rc1.
    """
    for text, opened in ((REBUILT, True), (REBUILT.replace('rebuilds = ["~3-0", "~ce"]\n', ""), False)):
        directory = tmp_path / str(opened)
        client = build_generated(directory, api.parse_manifest(text), target, [("runtime", "1.1.0")])
        versions = [
            version if target[0] == "deb" else version.replace("-0~", ".0~").replace("debian-", "debian.")
            for version in PUBLISHED
        ]
        servers = build_written(directory / "bare", target[0], [Written("image", one) for one in versions])
        verdicts = real_verdicts(
            directory, target[0], [[client["runtime", "1.1.0"].path, one] for one in servers]
        )
        plain = [works and "1.1.0~" not in version for version, works in PUBLISHED.items()]
        inseparable = {"1.1.0~1.rc1-1"} if target[0] == "rpm" else set()
        wanted = [works or version in inseparable for version, works in PUBLISHED.items()]
        assert verdicts == (wanted if opened else plain)
