"""The rules about packages that are given together and were built together."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.check.finding import Finding
    from pkgguard.check.subject import Subject

_REBUILT: Final = re.compile(r"\+b\d+$")
"""What a binary upload for one architecture adds to a Debian version."""


def siblings_disagree(subjects: Sequence[Subject]) -> Iterator[Finding]:
    """Find builds of one package for several architectures whose guards differ.

    ``subjects`` are all packages that are given together.
    """
    builds: defaultdict[tuple[str, str, str], list[Subject]] = defaultdict(list)
    for subject in subjects:
        package = subject.package
        builds[package.family, package.name, _REBUILT.sub("", package.version)].append(subject)
    for same in builds.values():
        first, *rest = same
        for other in rest:
            for ours, theirs in zip(first.peers, other.peers, strict=True):
                if ours.admitted != theirs.admitted:
                    here, there = other.package, first.package
                    if here.architecture == there.architecture:
                        than = f"than the other build of {there.architecture}"
                    else:
                        than = f"on {here.architecture} than on {there.architecture}"
                    message = f"lets in other versions of {ours.name} {than}"
                    relations = tuple(dict.fromkeys((*theirs.naming, *ours.naming)))
                    yield other.report("siblings-disagree", theirs, message, relations=relations)


def come_from_one_source(one: Subject, other: Subject) -> bool:
    """Return whether two packages were built from one version of one source package.

    Without a Source of its own a package's source has its name (deb-control(5)).
    """
    return one.origin == other.origin
