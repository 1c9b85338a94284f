"""What is generated is sound, complete up to its losses, deterministic, and checks clean."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import manifests

from pkgguard import api
from pkgguard.compat.engine import Compatibility
from pkgguard.compat.guard import are_peers, guards, is_bundle, known_releases
from pkgguard.compat.identify import identify
from pkgguard.families.interface import Package
from pkgguard.families.lookup import family
from pkgguard.generate.relations import Generated, generate
from pkgguard.manifest.model import Manifest

TARGETS = [("deb", "deb"), ("rpm", "rpm"), ("rpm", "rpm-legacy")]
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def bare(kind: str, name: str, version: str) -> Package:
    """Return a package without relations of its own, but for what rpm adds to each."""
    if kind == "deb":
        return Package("deb", name, version, "all")
    epoch, upstream, release = family("rpm").split(version)
    text = f"Name: {name}\nVersion: {upstream}\nRelease: {release or '1'}\nBuildArch: noarch\n"
    return family("rpm").describe(text + (f"Epoch: {epoch}\n" if epoch else ""))


def built(generated: Generated) -> Package:
    """Return the package that carries exactly what was generated."""
    package = bare(generated.family, generated.name, generated.identity.version)
    return package._replace(relations=(*(one.relation for one in generated.relations), *package.relations))


def packages_of(manifest: Manifest, name: str, target: str) -> dict[tuple[str, str], Generated]:
    """Generate for every package of a manifest at every release."""
    compatibility = Compatibility(manifest)
    found = {}
    for entry in manifest.packages.values():
        epoch = entry.shipping[name].epoch
        for release in known_releases(manifest, entry):
            plain = family(name).releases.write(release)
            version = f"{epoch}:{plain}-1" if epoch else f"{plain}-1"
            found[entry.name, release.text] = generate(
                compatibility, family(name), entry.name, version, target=target
            )
    return found


@pytest.mark.parametrize(("name", "target"), TARGETS)
@given(manifest=manifests())
@settings(RELAXED, max_examples=120)
def test_pairs_install_together_exactly_if_they_work(name: str, target: str, manifest: Manifest) -> None:
    compatibility = Compatibility(manifest)
    kind = family(name)
    everything = packages_of(manifest, name, target)
    for (one, first), (other, second) in product(everything, everything):
        client, server = manifest.packages[one], manifest.packages[other]
        protocol = manifest.protocols["agent"]
        if not (
            are_peers(client, server)
            and protocol.server in server.carries
            and not is_bundle(server, protocol)
            and any(name in client.carries for name in protocol.clients)
        ):
            continue
        ours, theirs = everything[one, first], everything[other, second]
        guard = next(guard for guard in guards(compatibility, ours.identity) if guard.peer.name == other)
        works = guard.compatible(theirs.identity.releases["agent"])
        packages = [built(ours), built(theirs)]
        verdict = kind.coinstallable(packages)
        if verdict.installable:
            assert works, f"{one} {first} beside {other} {second}: {ours.relations} {theirs.relations}"
        elif works and server.presence == "required":
            lost = {release for loss in (*ours.losses, *theirs.losses) for release in loss.releases}
            assert lost & {first, second}, (
                f"{one} {first} refused beside {other} {second}: {verdict.problems}"
                f" {[str(r.relation) for r in ours.relations]} {[str(r.relation) for r in theirs.relations]}"
            )


@pytest.mark.parametrize(("name", "target"), TARGETS)
@given(manifest=manifests())
@settings(RELAXED, max_examples=60)
def test_generated_packages_check_clean(name: str, target: str, manifest: Manifest) -> None:
    packages = [built(one) for one in packages_of(manifest, name, target).values()]
    for package in packages:
        judgement = api.Project(manifest).check_packages([package])
        expected = {"broken-release", "peer-without-release"}
        found = [one for one in judgement.findings if one.id not in expected]
        assert not found, (found, [str(relation) for relation in package.relations])


@pytest.mark.parametrize(("name", "target"), TARGETS)
@given(manifest=manifests())
@settings(RELAXED, max_examples=30)
def test_output_is_deterministic_and_reads_back(name: str, target: str, manifest: Manifest) -> None:
    first, second = packages_of(manifest, name, target), packages_of(manifest, name, target)
    for key, generated in first.items():
        texts = [str(one.relation) for one in generated.relations]
        assert texts == [str(one.relation) for one in second[key].relations]
        assert len(set(texts)) == len(texts)
        for one in generated.relations:
            (read,) = family(name).parse(one.relation.field, one.relation.text)
            assert read == one.relation
            assert one.binding or one.others or one.note


def ends_of(manifest: Manifest, name: str) -> list[str]:
    """Versions around every bound that a package's peers could meet."""
    decorations = ("", "-1", "-0.1", "-29", "+git.abc-1", "+dfsg-1", "~rc1-1", "-1~bpo12+1")
    if name == "rpm":
        decorations = ("-1", "-0", "-29.1", "^git1-1", "~rc1-1", "+git.abc-1")
    plain = {
        family(name).releases.write(release)
        for one in manifest.components.values()
        for release in one.releases
    }
    return [text + more for text in sorted(plain) for more in decorations]


@pytest.mark.parametrize(("name", "target"), TARGETS)
@given(manifest=manifests(plain=True), data=st.data())
@settings(RELAXED, max_examples=40)
def test_no_decorated_version_slips_in(
    name: str, target: str, manifest: Manifest, data: st.DataObject
) -> None:
    compatibility = Compatibility(manifest)
    kind = family(name)
    entry = manifest.packages["kata-runtime"]
    release = data.draw(st.sampled_from(manifest.components["runtime"].releases))
    ours = generate(compatibility, kind, entry.name, f"{kind.releases.write(release)}-1", target=target)
    package = built(ours)
    for version in ends_of(manifest, name):
        image = manifest.packages["kata-image"]
        try:
            theirs = identify(manifest, image, kind, version)
        except api.UnknownReleaseError:
            continue
        guard = next(one for one in ours.guards if one.peer.name == "kata-image")
        listed = {one.final for one in guard.known if one.prerelease}
        if theirs.prerelease and theirs.releases["agent"].final in listed:
            # An unlisted prerelease among listed ones counts as its neighbours do.
            continue
        works = guard.compatible(theirs.releases["agent"])
        verdict = kind.coinstallable([package, bare(name, "kata-image", version)])
        if verdict.installable:
            assert works or (theirs.prerelease and manifest.policy.prereleases == "include"), (
                version,
                package,
            )


BRANCH_BESIDE_PRERELEASES = """
manifest = 1
project = "x"
[component.run]
releases = ["1.0.0", "1.2.0"]
[component.agent]
releases = ["1.0.0", "1.1.0-rc.1", "1.1.0-rc.2", "1.2.0"]
[package.client]
carries = ["run"]
[package.image]
carries = ["agent"]
[protocol.p]
client = ["run"]
server = "agent"
[[change]]
protocol = "p"
kind = "added"
what = ["A"]
server = ["1.1.0-rc.2", "1.0.0"]
client = "1.2.0"
"""


@pytest.mark.parametrize("name", ["deb", "rpm"])
def test_a_listed_prerelease_between_a_branch_and_the_main_line_stays_out(name: str) -> None:
    manifest = api.parse_manifest(BRANCH_BESIDE_PRERELEASES)
    package = built(api.Project(manifest).relations(name, "client", "1.2.0-1"))
    fits = [
        version
        for version in ("1.0.0-1", "1.0.9-1", "1.1.0~rc.1-1", "1.1.0~rc.2-1", "1.2.0-1")
        if api.coinstallable([package, bare(name, "image", version)]).installable
    ]
    assert fits == ["1.0.0-1", "1.0.9-1", "1.1.0~rc.2-1", "1.2.0-1"]


@pytest.mark.parametrize(("family_name", "field"), [("deb", "Depends"), ("rpm", "Requires")])
def test_work_on_a_hostile_relation_is_bounded(family_name: str, field: str) -> None:
    image, join, bound = "kata-containers-image", " | ", "{} (= 1.0.{}-1)"
    if family_name == "rpm":
        join, bound = " or ", "{} = 1.0.{}"
    many = join.join(bound.format(image, number) for number in range(6000))
    text = many if family_name == "deb" else f"({many})"
    package = api.make_package(family_name, "kata-runtime", "1.4.0-1", {field: text})
    assert "at most 256" in package.malformed[0][2]
    found = api.Project(api.built_in().manifest).check_packages([package]).findings
    assert "malformed-relation" in {one.id for one in found}
