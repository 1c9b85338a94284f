"""What findings say of given packages, held against the verdicts of their pairs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pkgguard import api
from pkgguard.compat.identify import identify
from pkgguard.families.lookup import family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.manifest.model import Manifest
    from pkgguard.versions.release import Release

ADMITTING = {
    "admits-incompatible-peer",
    "missing-breaks-on-older-peer",
    "no-relation-to-optional-peer",
}


APART = {"file-move", "never-satisfiable"}
"""The rules of a single package that say that it does not go with any package like a given one."""


def place(ref: api.PackageRef) -> tuple[object, ...]:
    """Return what is equal for two packages of one name and version, however the version is written."""
    return ref.family, ref.name, family(ref.family).key(ref.version)


def contradictions(judgement: api.CheckResult, manifest: Manifest) -> list[str]:
    """Return what findings say of given pairs that the verdicts of the pairs deny, or do not show."""
    return list(_contradictions(judgement, manifest))


def _contradictions(judgement: api.CheckResult, manifest: Manifest) -> Iterator[str]:
    for finding in judgement.findings:
        what = f"{finding.id}: {finding.package} {finding.message}"
        given = [
            (pair, other)
            for pair in judgement.pairs
            for own, other in ((pair.package, pair.peer), (pair.peer, pair.package))
            if own == finding.package and other.name == finding.peer and pair.installable is not None
        ]
        if finding.id == "never-satisfiable" and any(pair.installable for pair, _ in given):
            yield f"{what}, and a pair is installable"
        if finding.id == "breaks-everything" and any(pair.installable for pair, _ in given):
            yield f"{what}, and a pair is installable"
        if finding.id == "pinned-revision":
            pinned = re.search(r"to (\S+): ", finding.message)
            assert pinned
            alike = [other for pair, other in given if pair.installable]
            yield from (
                f"{what}, and {one} is installable"
                for one in alike
                if one.version.partition("-")[0] == pinned[1].partition("-")[0]
                and place(one) != place(one._replace(version=pinned[1]))
            )
        if finding.witness is None:
            continue
        witness = finding.witness
        said = (witness.installable, witness.compatible)
        release = _release(manifest, witness.peer)
        # A given package must be the witness where one is an example of what the finding says.
        fitting = {
            place(other)
            for pair, other in given
            if (pair.installable, pair.compatible) == said and _release(manifest, other) == release
        }
        for pair, other in given:
            verdict = (pair.installable, pair.compatible)
            # Two given packages may have one version, and only one of them be the example.
            if place(other) == place(witness.peer) and verdict != said and place(other) not in fitting:
                yield f"{what}: the witness says {said}, the pair {verdict}"
            if (
                finding.id == "refuses-compatible-peer"
                and verdict == (True, True)
                and release == _release(manifest, other)
            ):
                yield f"{what}, and {other} of that release works and is installable"
        narrow = finding.id in {"depends-not-enforced", "prerelease-slips-through", "prerelease-shut-out"}
        if fitting and not narrow and place(witness.peer) not in fitting:
            yield f"{what}: the witness {witness.peer} was not given, and others that fit were"


def silent(judgement: api.CheckResult) -> list[str]:
    """Return the given pairs that are wrong, and of which no finding speaks."""
    return [
        f"{pair.package} with {pair.peer}: compatible {pair.compatible}, installable {pair.installable}"
        for pair in judgement.pairs
        if pair.peers and pair.installable is (not pair.compatible) and not _told(judgement, pair)
    ]


def _told(judgement: api.CheckResult, pair: api.PairResult) -> bool:
    rules = {"pair-not-installable", *APART} if pair.compatible else ADMITTING
    sides = ((pair.package, pair.peer), (pair.peer, pair.package))
    return any(
        finding.id in rules
        and any(
            (finding.package, finding.peer) == (own, other.name)
            and (
                not pair.compatible
                or finding.id in APART
                or other.version in finding.message
                or " more)" in finding.message
            )
            for own, other in sides
        )
        for finding in judgement.findings
    )


def _release(manifest: Manifest, ref: api.PackageRef) -> Release | None:
    entry = manifest.package_named(ref.family, ref.name)
    assert entry is not None
    try:
        found = identify(manifest, entry, family(ref.family), ref.version)
    except api.PkgguardError:
        return None
    return next(iter(found.releases.values()))
