"""What went wrong with Kata's packages from 2018 to 2020: found as published, fixed as generated.

Each incident's packages are built with the relations that were published. pkgguard finds them faulty,
and the real tool does with them what was reported. With generated relations in place the broken
combination is refused and the good one accepted.

A peer that is not part of Kata's own manifest (kata-proxy, kata-shim, QEMU, the kernel) is described by a
small manifest here, as the server of the runtime. The need that it names stands for the release for
which the runtime was built.

Some faults of 2018 and 2019 lie below the releases, in the order of builds of one release: bounds on
commit hashes and pinned revisions. Beside the rules that find them, the last test here holds what such
relations admit by the order of versions. For packaging#193 it is all there is: the bound itself names no
hash, and no rule can know that a higher build of the same release was meant to be older.

Incidents that no relation between packages could have changed, and that have no test here:

- the mail of 2018-06-21 and its answers: no package of a 1.0.1 was ever released.
- kata-containers#17, runtime#492, documentation#177 and #196, agent#684, kata-containers#336: discussions.
- kata-containers#2968: the cause turned out to be something else.
- cloud-api-adaptor#2516: the agent was in a pod VM's image, not in a package.
- runtime#2779: the image's new file name broke sandboxes that were running; no pair of versions was at fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from real.deb_root import DebRoot
from real.generated import Written, build_generated, build_written, real_verdicts

from pkgguard import api
from pkgguard.families.interface import Peer
from pkgguard.families.lookup import family as family_named
from pkgguard.versions.sets import Boundary

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

KATA = api.built_in().manifest
IMAGE = "kata-containers-image"


def manifest(peer: str, releases: str, *, needed: str) -> api.Manifest:
    """Describe a package that the runtime uses: its releases, and the first that the runtime works with."""
    server = str(releases.split()).replace("'", '"')
    return api.parse_manifest(f"""
        manifest = 1
        project = "kata-containers"
        [component.runtime]
        releases = ["1.2.0", "1.3.0", "1.5.0", "1.6.2", "1.7.0"]
        [component.peer]
        releases = {server}
        [package.kata-runtime]
        carries = ["runtime"]
        [package.{peer}]
        carries = ["peer"]
        [protocol.use]
        client = ["runtime"]
        server = "peer"
        [[change]]
        protocol = "use"
        kind = "added"
        what = "what the runtime needs of it"
        server = "{needed}"
        client = "1.2.0"
    """)


@dataclass(frozen=True)
class Incident:
    """One report: what was published, what it did, and what is wrong with it.

    ``peer`` is the version of the runtime's peer in the report, ``bystanders`` what
    else the runtime asked for. ``met`` says whether the two could be installed, the fault being that
    they could, or that they could not. ``rules`` are the (package, rule) that find it. ``good`` and
    ``bad`` are versions of the peer that generated relations accept and reject.
    """

    family: str
    manifest: api.Manifest
    runtime: Written
    peer: Written
    met: bool
    rules: tuple[tuple[str, str], ...]
    good: str
    bad: str
    bystanders: tuple[Written, ...] = ()


ADMITS = ("kata-runtime", "admits-incompatible-peer")
REFUSES = ("kata-runtime", "refuses-compatible-peer")
APART = ("kata-runtime", "pair-not-installable")
UNORDERED = ("kata-runtime", "unordered-version")
PINNED = ("kata-runtime", "pinned-revision")
BYSTANDERS_2018 = (
    Written("kata-linux-container", "4.14.22.1-130"),
    Written("kata-proxy", "1.0.0+git.a69326b-29"),
    Written("kata-shim", "1.0.0+git.74cbc1e-30"),
)
QEMU_PIN = "qemu-vanilla (= 4.1.1+git.99c5874a9b-5)"

INCIDENTS = {
    # The bound of the template was the image of 1.0.0: Unknown storage driver "ephemeral".
    "runtime#394 as deb": Incident(
        "deb", KATA,
        Written("kata-runtime", "1.1.0-1", (
            "Depends: kata-containers-image (>= 1.0.0-29), kata-linux-container (>= 4.14.22.1-130),"
            " kata-proxy (>= 1.0.0+git.a69326b-29), kata-shim (>= 1.0.0+git.74cbc1e-30)",
        )),
        Written(IMAGE, "1.0.0-29"), met=True, rules=(ADMITS,), good="1.1.0-29", bad="1.0.0-29",
        bystanders=BYSTANDERS_2018,
    ),
    "runtime#394 as rpm": Incident(
        "rpm", KATA,
        Written("kata-runtime", "1.1.0-41.1", ("Requires: kata-containers-image >= 1.0.0-29",)),
        Written(IMAGE, "1.0.0-29.1"), met=True, rules=(ADMITS,), good="1.1.0-29.1", bad="1.0.0-29.1",
    ),
    # agent#272 asks for both directions; with ">=" alone an old runtime takes every later agent.
    "the >= of 2018 (packaging#62, agent#272)": Incident(
        "rpm", KATA,
        Written("kata-runtime", "1.0.0+git.086d197-41.1", (
            "Requires: kata-containers-image >= 1.0.0-29", "Requires: kata-proxy >= 1.0.0+git.a69326b-29",
            "Requires: kata-shim >= 1.0.0+git.74cbc1e-30",
            "Requires: kata-ksm-throttler >= 1.0.0+git.422c7f7-29",
        )),
        Written(IMAGE, "2.0.0-1.1"), met=True,
        rules=(ADMITS, (IMAGE, "missing-breaks-on-older-peer"), (IMAGE, "no-relation-to-peer")),
        good="1.12.1-1.1", bad="2.0.0-1.1",
        bystanders=(*BYSTANDERS_2018, Written("kata-ksm-throttler", "1.0.0.git+422c7f7-29.1")),
    ),
    # "unexpected EOF": an image with the Go agent of 1.12 under a runtime of 2.0. Upstream shipped no
    # packages of 2.0; the relation is that of the Arch package of 1.10.4, the image without a version.
    "kata-containers#524": Incident(
        "rpm", KATA,
        Written("kata-runtime", "2.0.0-1", ("Requires: kata-containers-image",)),
        Written(IMAGE, "1.12.0~alpha0-1"), met=True, rules=(ADMITS,), good="2.0.0-1", bad="1.12.0~alpha0-1",
    ),
    # The Arch package of 2.1.0 has the image among its optdepends only.
    "kata-containers#524 without any relation": Incident(
        "deb", KATA,
        Written("kata-runtime", "2.1.0-1"), Written(IMAGE, "1.12.1-1"), met=True,
        rules=(ADMITS, ("kata-runtime", "no-relation-to-peer")), good="2.1.0-1", bad="1.12.1-1",
    ),
    # Build 48.2 was to be replaced by build 50 of the same release, and sorts above it by its commit. The
    # manifest gives the fixed QEMU the release of its own that it should have had.
    "packaging#193": Incident(
        "rpm", manifest("qemu-lite", "2.11.0 2.11.1", needed="2.11.1"),
        Written("kata-runtime", "1.3.0~rc1+git.22aedc4-49.1", ("Requires: qemu-lite >= 2.11.0-50",)),
        Written("qemu-lite", "2.11.0+git.a39e0b3e82-48.2"), met=True, rules=(ADMITS,),
        good="2.11.1+git.87517afd72-50.1", bad="2.11.0+git.a39e0b3e82-48.2",
    ),
    # Build 57 is refused where build 56 is asked for.
    "packaging#322": Incident(
        "deb", manifest("qemu-lite", "2.7.0 2.11.0", needed="2.11.0"),
        Written("kata-runtime", "1.5.0-1", ("Depends: qemu-lite (>= 2.11.0+git.f886228-56)",)),
        Written("qemu-lite", "2.11.0+git.87517afd72-57"), met=False, rules=(APART, UNORDERED),
        good="2.11.0+git.87517afd72-57", bad="2.7.0+git.741f430a96-6",
    ),
    # The shim of the release sorts below a commit of the release.
    "runtime#1184": Incident(
        "deb", manifest("kata-shim", "1.4.0 1.5.0", needed="1.5.0"),
        Written("kata-runtime", "1.5.0-1", ("Depends: kata-shim (>= 1.5.0+git.efbf3bb-42)",)),
        Written("kata-shim", "1.5.0-40"), met=False, rules=(APART, UNORDERED),
        good="1.5.0-40", bad="1.4.0-40",
    ),
    # A bound on the newest kernel, which was not yet in the archive. packaging#293 has the same shape.
    "kata-containers#41": Incident(
        "deb", manifest("kata-linux-container", "4.14.22 4.19.28 4.19.34", needed="4.19.28"),
        Written("kata-runtime", "1.6.2-1", ("Depends: kata-linux-container (>= 4.19.34.33-4)",)),
        Written("kata-linux-container", "4.19.28.31-3"), met=False,
        # A version with four numbers is not a release: this is reported for the kernel instead of guessing.
        rules=(REFUSES, ("kata-linux-container", "unknown-release")),
        good="4.19.28.31-3", bad="4.14.22.1-130",
    ),
    # Debian's "=" without a revision matches nothing that is built; kata-containers#44 and runtime#1922 too.
    "documentation#485": Incident(
        "deb", manifest("kata-proxy", "1.6.2 1.7.0", needed="1.7.0"),
        Written("kata-runtime", "1.7.0-25", ("Depends: kata-proxy (= 1.7.0)",)),
        Written("kata-proxy", "1.7.0-25"), met=False, rules=(("kata-runtime", "never-satisfiable"),),
        good="1.7.0-25", bad="1.6.2-25",
    ),
    # The build service chooses the release number itself, so that no pin on it can hold.
    "packaging#563": Incident(
        "rpm", KATA,
        Written("kata-runtime", "1.7.0-25.1", ("Requires: kata-containers-image = 1.7.0-25",)),
        Written(IMAGE, "1.7.0-25.1"), met=False, rules=(REFUSES, PINNED), good="1.7.0-25.1", bad="1.6.7-25.1",
    ),
    # A rebuild of the same commit is refused. documentation#600 and #625 are of the same family.
    "documentation#685": Incident(
        "deb", manifest("qemu-vanilla", "4.0.0 4.1.1", needed="4.1.1"),
        Written("kata-runtime", "1.7.0-25", (f"Depends: {QEMU_PIN}",)),
        Written("qemu-vanilla", "4.1.1+git.99c5874a9b-2"), met=False, rules=(APART, PINNED),
        good="4.1.1+git.99c5874a9b-2", bad="4.0.0+git.131b9a15f7-5",
    ),
}  # fmt: skip

incidents = pytest.mark.parametrize("incident", INCIDENTS.values(), ids=INCIDENTS)


@incidents
def test_what_was_published_is_found_faulty(tmp_path: Path, incident: Incident) -> None:
    paths = build_written(tmp_path, incident.family, [incident.runtime, incident.peer])
    checked = api.Project(incident.manifest).check(paths)
    assert not checked.unread
    found = {(one.package.name, one.id) for one in checked.judgement.findings}
    assert found >= set(incident.rules)
    # What was over-strict is not called unsafe, and the reverse.
    assert (ADMITS in found) == incident.met
    for pair in checked.judgement.pairs:
        assert (pair.installable, pair.compatible) == (incident.met, not incident.met)
    # Only the kernel, of which no release can be read, makes no pair.
    assert len(checked.judgement.pairs) == (("kata-linux-container", "unknown-release") not in incident.rules)


@incidents
def test_what_was_published_does_what_was_reported(tmp_path: Path, incident: Incident) -> None:
    packages = [incident.runtime, incident.peer, *incident.bystanders]
    paths = build_written(tmp_path, incident.family, packages)
    assert real_verdicts(tmp_path, incident.family, [paths]) == [incident.met]
    verdict = api.coinstallable([api.read_package(path) for path in paths])
    assert verdict.installable == incident.met


@incidents
def test_generated_relations_refuse_the_broken_pair_and_accept_the_good_one(
    tmp_path: Path, incident: Incident
) -> None:
    family, peer = incident.family, incident.peer.name
    runtime = ("kata-runtime", incident.runtime.version)
    # A version that stands for no release gets no relations, and is met as it was published.
    guarded = [version for version in (incident.good, incident.bad) if is_known(incident, version)]
    ours = build_generated(
        tmp_path / "generated",
        incident.manifest,
        (family, family),
        [runtime, *((peer, version) for version in guarded)],
    )
    old_runtime, good, bad = build_written(
        tmp_path / "published",
        family,
        [incident.runtime, *(Written(peer, version) for version in (incident.good, incident.bad))],
    )
    new_runtime = ours[runtime].path
    asked = {
        "the good one, as published": [new_runtime, good],
        "the bad one, as published": [new_runtime, bad],
    }
    for version, what in ((incident.good, "good"), (incident.bad, "bad")):
        if version in guarded:
            asked[f"the {what} one, guarded"] = [new_runtime, ours[peer, version].path]
    if incident.bad in guarded:
        asked["the bad one, guarded, with the runtime as published"] = [
            old_runtime,
            ours[peer, incident.bad].path,
        ]
    verdicts = dict(zip(asked, real_verdicts(tmp_path, family, list(asked.values())), strict=True))
    assert verdicts == {what: what.startswith("the good one") for what in asked}
    if incident.good in guarded:
        found = (
            api.Project(incident.manifest)
            .check([new_runtime, ours[peer, incident.good].path])
            .judgement.findings
        )
        assert {one.severity for one in found} <= {api.Severity.INFO}


def is_known(incident: Incident, version: str) -> bool:
    try:
        api.Project(incident.manifest).relations(incident.family, incident.peer.name, version)
    except api.UnknownReleaseError:
        return False
    return True


def test_a_pin_does_not_stop_dpkg_from_parting_runtime_and_image_later(tmp_path: Path) -> None:
    """documentation#553, "Could not add route": runtime 1.9.0 over an agent before 1.9.0.

    The deb of 1.9.0 pinned its image, and dpkg asks for a pin only when the runtime itself is
    installed. The pin is found for what it refuses, and for what dpkg lets through nevertheless.
    """
    runtime = Written("kata-runtime", "1.9.0-5", ("Depends: kata-containers-image (= 1.9.0-5)",))
    images = [Written(IMAGE, "1.9.0-5"), Written(IMAGE, "1.8.5-5")]
    published, image, older = build_written(tmp_path / "published", "deb", [runtime, *images])
    checked = api.Project(KATA).check([published, image])
    found = {(one.package.name, one.id) for one in checked.judgement.findings}
    assert found >= {REFUSES, ("kata-runtime", "depends-not-enforced")}
    wanted = [("kata-runtime", "1.9.0-5"), *((IMAGE, one.version) for one in images)]
    ours = build_generated(tmp_path / "generated", KATA, ("deb", "deb"), wanted)
    mixed = {"kata-runtime": "1.9.0-5", IMAGE: "1.8.5-5"}
    steps = {
        "as published": (published, older, True),
        "the runtime guarded": (ours["kata-runtime", "1.9.0-5"].path, older, False),
        "the image guarded": (published, ours[IMAGE, "1.8.5-5"].path, False),
    }
    for step, (new, replacement, accepted) in steps.items():
        root = DebRoot(tmp_path / step)
        root.dpkg_install(image, new).checked()
        assert bool(root.dpkg_install(replacement)) == accepted, step
        assert (root.configured() == mixed) == accepted, step


def test_an_unfilled_placeholder_is_found() -> None:
    """packaging 1.1.0, kata-runtime.spec-template:36 went out with its ``@...@``; rpmbuild now refuses it."""
    text = "Name: kata-runtime\nVersion: 1.0.0\nRelease: 41.1\n"
    text += "Requires: qemu-lite >= @qemu_lite_obs_fedora_version@\n"
    judgement = api.Project(KATA).check_packages([api.describe_package("rpm", text)])
    assert "unexpanded-placeholder" in {one.id for one in judgement.findings}


# --- Below the releases: the order of builds, which is what the relations themselves admit


def admits(family: str, relation: str, name: str, version: str) -> bool:
    """Return whether one relation of a package lets a version in, by the algebra of sets."""
    field, _, text = relation.partition(": ")
    kind = family_named(family)
    head = {
        "deb": "Package: a\nVersion: 1-1\nArchitecture: all\n",
        "rpm": "Name: a\nVersion: 1\nRelease: 1\n",
    }
    package = api.describe_package(family, f"{head[family]}{field}: {text}\n")
    return Boundary.before(kind.key(version)) in kind.admitted(package, Peer(name))


@pytest.mark.parametrize(
    ("relation", "name", "version", "by_deb", "by_rpm"),
    [
        # A higher build is refused, or a lower one accepted, as the hash happens to sort; deb and rpm differ.
        ("qemu-lite >= 2.11.0+git.f886228-56", "qemu-lite", "2.11.0+git.87517afd72-57", False, True),
        ("qemu-lite >= 2.11.0-50", "qemu-lite", "2.11.0+git.a39e0b3e82-48.2", True, True),
        ("kata-shim >= 1.5.0+git.efbf3bb-42", "kata-shim", "1.5.0-40", False, False),
        ("kata-proxy >= 1.0.0+git.a69326b-29", "kata-proxy", "1.0.0+git.086d197-41", False, True),
        # A pin on an upstream version holds in rpm and never in deb; one on a revision holds for one build.
        ("kata-proxy = 1.7.0", "kata-proxy", "1.7.0-25", False, True),
        ("kata-containers-image = 1.7.0-25", "kata-containers-image", "1.7.0-25", True, True),
        ("kata-containers-image = 1.7.0-25", "kata-containers-image", "1.7.0-25.1", False, False),
        ("qemu-vanilla = 4.1.1+git.99c5874a9b-5", "qemu-vanilla", "4.1.1+git.99c5874a9b-2", False, False),
    ],
)
def test_what_bounds_on_builds_admit(
    tmp_path: Path, relation: str, name: str, version: str, *, by_deb: bool, by_rpm: bool
) -> None:
    _, operator, bound = relation.split()
    relations = {"deb": f"Depends: {name} ({operator} {bound})", "rpm": f"Requires: {relation}"}
    for family, expected in (("deb", by_deb), ("rpm", by_rpm)):
        assert admits(family, relations[family], name, version) == expected
        pair = [Written("asking", "1-1", (relations[family],)), Written(name, version)]
        paths = build_written(tmp_path / family, family, pair)
        assert real_verdicts(tmp_path, family, [paths]) == [expected]
