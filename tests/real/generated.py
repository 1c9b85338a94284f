"""Packages whose relations pkgguard generates, or anyone wrote, built and judged in either family."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pkgguard import api
from pkgguard.families.lookup import family as family_named

from .build import RpmSpec, build_deb, build_rpms
from .deb_root import deb_pairs_coinstallable
from .rpm_root import rpm_pairs_coinstallable
from .tools import in_parallel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pkgguard.families.interface import Relation

#: (family, target): every dialect that can be generated.
TARGETS = [("deb", "deb"), ("rpm", "rpm"), ("rpm", "rpm-legacy")]


@dataclass(frozen=True)
class Written:
    """A package to build: its name, its full version, and its relations as ``Field: text`` lines."""

    name: str
    version: str
    relations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Built:
    """A package that was built with what was generated for it."""

    generated: api.Generated
    path: Path

    @property
    def excluded_releases(self) -> set[tuple[str, str]]:
        """The (peer, release) that a loss says are refused although they work."""
        return {(loss.peer, release) for loss in self.generated.losses for release in loss.releases}


def build_written(directory: Path, family: str, packages: Iterable[Written]) -> list[Path]:
    """Build packages of one family, in the order given."""
    packages = list(packages)
    if family == "rpm":
        return build_rpms(directory, [_rpm_spec(one) for one in packages])

    def build(one: Written) -> Path:
        fields: dict[str, list[str]] = defaultdict(list)
        for line in one.relations:
            field, _, text = line.partition(": ")
            fields[field].append(text)
        joined = {field: ", ".join(texts) for field, texts in fields.items()}
        return build_deb(directory, one.name, one.version, fields=joined)

    directory.mkdir(parents=True, exist_ok=True)
    return in_parallel(build, packages)


def _rpm_spec(one: Written) -> RpmSpec:
    epoch, version, release = family_named("rpm").split(one.version)
    number = int(epoch) if epoch else None
    return RpmSpec(one.name, version, release or "1", epoch=number, relations="\n".join(one.relations))


def version_of(manifest: api.Manifest, family: str, name: str, release: str) -> str:
    """Return the full version, at revision 1, in which a package ships a release."""
    package = manifest.packages[name]
    shipping = package.shipping[family]
    listed = manifest.components[package.carries[0]].by_text[release]
    for version, carried in shipping.irregular:
        if carried == listed:
            return version
    epoch = shipping.epoch_of(listed)
    return (f"{epoch}:" if epoch else "") + f"{family_named(family).releases.write(listed)}-1"


def build_generated(
    directory: Path,
    manifest: api.Manifest,
    target: tuple[str, str],
    wanted: Iterable[tuple[str, str]],
    *,
    keep: Callable[[Relation], bool] = lambda relation: True,
) -> dict[tuple[str, str], Built]:
    """Build packages, given as (name in the manifest, release or full version), with generated relations.

    ``keep`` may leave relations out, to see what then goes wrong.
    """
    family, dialect = target
    keys = list(dict.fromkeys(wanted))
    made: list[api.Generated] = []
    for name, version in keys:
        releases = manifest.components[manifest.packages[name].carries[0]].by_text
        full = version_of(manifest, family, name, version) if version in releases else version
        made.append(api.Project(manifest).relations(family, name, full, target=dialect))
    packages = [
        Written(
            one.name,
            one.identity.version,
            tuple(str(each.relation) for each in one.relations if keep(each.relation)),
        )
        for one in made
    ]
    paths = build_written(directory, family, packages)
    return {key: Built(one, path) for key, one, path in zip(keys, made, paths, strict=True)}


def real_verdicts(directory: Path, family: str, sets: Sequence[Sequence[Path]]) -> list[bool]:
    """Ask apt or rpm, for each set of files, whether an empty system can hold all of it."""
    directory.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=directory))
    return (deb_pairs_coinstallable if family == "deb" else rpm_pairs_coinstallable)(scratch, sets)


def carried(manifest: api.Manifest, package: api.PackageSpec, release: str) -> dict[str, str]:
    """Return the release of each component in a package at a release of its number."""
    listed = manifest.components[package.carries[0]].by_text[release]
    return {name: str(package.content(name, listed)) for name in package.carries}


def works(manifest: api.Manifest, client: tuple[str, str], server: tuple[str, str]) -> bool:
    """Return whether two packages, each (name in the manifest, release), work together by the manifest."""
    ours, theirs = manifest.packages[client[0]], manifest.packages[server[0]]
    releases = carried(manifest, ours, client[1]) | carried(manifest, theirs, server[1])
    result = api.Project(manifest).compatible(releases)
    assert result.verdicts, f"{client[0]} and {server[0]} do not talk"
    return result.compatible
