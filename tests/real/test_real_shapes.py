"""Generated relations for shapes of history that Kata's own does not have."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pkgguard import api
from real.deb_root import DebRoot
from real.generated import (
    TARGETS,
    Written,
    build_generated,
    build_written,
    real_verdicts,
    works,
)
from real.guarded_packages import (
    ADDED,
    ALTERNATIVES,
    IMAGE_PACKAGE,
    INITRD_PACKAGE,
    PLAIN,
    REMADE,
    SHAPES,
    Packages,
    change,
    paths,
)

if TYPE_CHECKING:
    pass

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]


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
