"""unordered-version: a bound whose version has no meaningful order, or that families sort differently."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pkgguard.check.bounds import bounds, peer_finder
from pkgguard.check.few import few
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity
from pkgguard.errors import PkgguardError
from pkgguard.families import lookup, registry
from pkgguard.families.expression import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.few import Occurrence
    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.families.interface import Family
    from pkgguard.versions.sets import Key

# Versions of these characters sort the same way in every family that has them.
_SAME_EVERYWHERE: Final = r"[0-9.~]+"
# A commit hash: hexadecimal digits that include a letter and a digit, or seven digits after git.
_HASH: Final = (
    r"(?:(?:git|svn|hg)[.+~-]?|[+-]g?)(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,40}(?![0-9a-z])"
    r"|(?:git|svn|hg)[.+~-]?[0-9]{7}(?![0-9a-z])"
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A bound has no meaningful order, or families sort it differently."""
    yield from few(subject, RULE, _unordered(subject))


def _unordered(subject: Subject) -> Iterator[Occurrence]:
    named = peer_finder(subject)
    orders: dict[str, _Orders] = {}
    for relation, bound in bounds(subject):
        if bound.operator is Operator.EQUAL:
            continue
        if re.search(_HASH, bound.version):
            message = f"bounds {bound.name} by {bound.version}: commit hashes have no order"
            yield named(bound), message, (str(relation),)
            continue
        view = named(bound)
        if view is None:
            continue
        if view.is_own_version(bound.version):
            continue
        if view.name not in orders:
            orders[view.name] = _Orders(view)
        if other := orders[view.name].disagreement(bound.version):
            families = " and ".join(registry.names())
            message = (
                f"bounds {view.name} by {bound.version}, which {families} sort differently against {other}"
            )
            yield view, message, (str(relation),)


class _Orders:
    """The known releases of a peer as sorted by every family."""

    def __init__(self, view: PeerView) -> None:
        self._family = view.subject.family
        self._known = view.guard.known

    @cached_property
    def _keys(self) -> list[tuple[Family, list[Key]]]:
        kinds = map(lookup.family, registry.names())
        return [(kind, [kind.key(kind.releases.write(one)) for one in self._known]) for kind in kinds]

    @cached_property
    def _ordered(self) -> bool:
        return all(keys == sorted(keys) for _, keys in self._keys)

    def disagreement(self, version: str) -> str:
        """Return a known release that two families put on different sides of a bound, or nothing."""
        _, upstream, _ = self._family.split(version)
        if re.fullmatch(_SAME_EVERYWHERE, upstream):
            return ""
        bounds = []
        for kind, keys in self._keys:
            with suppress(PkgguardError):  # a family that has no such version does not sort it
                bounds.append((kind.key(upstream), keys))
        if len(bounds) < 2:
            return ""
        if self._ordered:
            # The releases below a bound in one order and above it in another are between these positions.
            first = min(bisect_right(keys, bound) for bound, keys in bounds)
            end = max(bisect_left(keys, bound) for bound, keys in bounds)
            return self._family.releases.write(self._known[first]) if first < end else ""
        for place, release in enumerate(self._known):
            sides = {(bound > keys[place]) - (bound < keys[place]) for bound, keys in bounds}
            if {-1, 1} <= sides:
                return self._family.releases.write(release)
        return ""


RULE: Final = Rule(
    id="unordered-version",
    severity=Severity.WARNING,
    title="A bound has no meaningful order, or families sort it differently",
    explanation=(
        "The hash of a commit does not tell which commit came first: 2.11.0+git.87517afd72 sorts below"
        " 2.11.0+git.f886228 in one family and above it in another."
        " A bound with a hash refuses newer packages, or"
        " admits older ones."
    ),
    help="Use the release as the bound, as the relations shown do.",
    references=(
        "deb-version(7)",
        "rpm-version(7)",
        "kata-containers/packaging#322",
        "kata-containers/runtime#1184",
    ),
    order=180,
    check_subject=check,
)
