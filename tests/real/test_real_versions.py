"""Generated relations, and the versions that packagers make of a release."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pkgguard import api
from real.generated import (
    TARGETS,
    Written,
    build_generated,
    build_written,
    real_verdicts,
)
from real.guarded_packages import ADDED, IMAGE_PACKAGE, PLAIN, REMADE, SHAPES, paths

if TYPE_CHECKING:
    pass

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]


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
