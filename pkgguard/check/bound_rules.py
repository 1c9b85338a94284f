"""The rules about the versions in a package's bounds."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.check.examples import Outcome, example, prerelease_example
from pkgguard.check.few import few
from pkgguard.compat.identify import wrong_epoch as epoch_of
from pkgguard.errors import PkgguardError
from pkgguard.families import lookup, registry
from pkgguard.families.expression import Constraint, Operator, constraints, speaks_of
from pkgguard.families.interface import Peer
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from pkgguard.check.few import Told
    from pkgguard.check.finding import Finding
    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.families.interface import Family, Relation
    from pkgguard.versions.release import Release
    from pkgguard.versions.sets import Key

# Numbers, dots and tildes mean the same in every family.
_SAME_EVERYWHERE: Final = re.compile(r"[0-9.~]+")
# A commit's name: hexadecimal digits, a letter and a figure among them, or seven figures after git.
_HASH: Final = re.compile(
    r"(?:(?:git|svn|hg)[.+~-]?|[+-]g?)(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,40}(?![0-9a-z])"
    r"|(?:git|svn|hg)[.+~-]?[0-9]{7}(?![0-9a-z])"
)


def depends_not_enforced(subject: Subject) -> Iterator[Finding]:
    """Only a requirement keeps an incompatible version away, and the tool looks at it once."""
    traits = subject.family.traits
    if traits.rechecks_dependencies:
        return
    for view in subject.peers:
        peer = Peer(view.name, view.provides)
        negative = subject.family.admitted(subject.package, peer, fields=traits.negative_fields)
        loose = [
            release
            for release in _outside(view)
            if view.admitted.is_disjoint(view.span(release)) and not negative.is_disjoint(view.span(release))
        ]
        if loose:
            said = Outcome(installable=False, compatible=False)
            shown = example(view, loose[::-1], negative, said)
            if shown is None:
                continue
            reasons = tuple(one.reason for one in view.guard.reasons_against(shown.release))
            message = (
                f"refuses {shown.ref} by Depends only, which dpkg does not look at"
                " again when the peer is changed later"
            )
            witness = view.witness(shown.ref, said)
            yield subject.report("depends-not-enforced", view, message, witness, reasons)
    virtual = {name for view in subject.peers for name in view.provided_names}
    yield from few(subject, "depends-not-enforced", _breaks_of_virtual(subject, virtual))


def _breaks_of_virtual(subject: Subject, virtual: Collection[str]) -> Iterator[Told]:
    for relation in subject.package.relations:
        one = relation.expression
        if (
            relation.field in subject.family.traits.unversioned_on_virtual
            and isinstance(one, Constraint)
            and one.operator
            and one.name in virtual
        ):
            message = (
                f"breaks versions of the virtual name {one.name}, which dpkg judges by the provider's version"
            )
            yield None, message, (str(relation),)


def two_providers_hole(subject: Subject) -> Iterator[Finding]:
    """Two incompatible versions of the peer together satisfy what neither does alone."""
    family = subject.family
    for view in subject.peers:
        if not view.guard.as_client or not view.naming:
            continue
        if family.traits.several_versions:
            refused = ~view.admitted
            ends = [VersionSet(pair) for pair in refused.intervals()]
            if len(ends) < 2:
                continue
            wrong = [
                next((one for one in order if not view.guard.compatible(one) and end & view.span(one)), None)
                for end, order in ((ends[0], view.guard.known[::-1]), (ends[-1], view.guard.known))
            ]
            if None in wrong:
                continue
            pair = _content_with_two(subject, view, [one for one in wrong if one], (ends[0], ends[-1]))
            if pair:
                message = f"is content with {view.name} {pair} together, of which neither works with it"
                yield subject.report("two-providers-hole", view, message)
        for name in sorted(view.provided_names):
            halves = _halves(subject, name)
            if len(halves) > 1:
                message = (
                    f"bounds the provided name {name} in two clauses, which two providers can meet half each"
                )
                yield subject.report("two-providers-hole", view, message, relations=halves)


def _content_with_two(
    subject: Subject, view: PeerView, wrong: Sequence[Release], ends: Sequence[VersionSet]
) -> str:
    """Return two versions of a peer, one of each end, that the subject installs with together, or nothing."""
    said = Outcome(installable=False, compatible=False)
    for given in (True, False):
        shown = [example(view, (one,), end, said, given=given) for one, end in zip(wrong, ends, strict=True)]
        versions = [one.ref.version for one in shown if one]
        if len(versions) == len(shown):
            make, architecture = subject.family.compose, subject.package.architecture
            others = [make(view.name, version, architecture, {}) for version in versions]
            verdict = subject.family.coinstallable([subject.package, *others], assumed=_others(subject, view))
            if verdict.installable:
                return " and ".join(versions)
    return ""


def unordered_version(subject: Subject) -> Iterator[Finding]:
    """A bound has no order, or another one in the other family."""
    yield from few(subject, "unordered-version", _unordered_version(subject))


def _unordered_version(subject: Subject) -> Iterator[Told]:
    named = _namer(subject)
    orders: dict[str, _Orders] = {}
    for relation, one in _bounds(subject):
        if one.operator is Operator.EQUAL:
            continue
        if _HASH.search(one.version):
            message = f"bounds {one.name} by {one.version}: a commit's name has no order"
            yield named(one), message, (str(relation),)
            continue
        view = named(one)
        if view is None:
            continue
        if view.name not in orders:
            orders[view.name] = _Orders(view)
        if other := orders[view.name].disagreement(one.version):
            message = (
                f"bounds {view.name} by {one.version}, which deb and rpm sort differently against {other}"
            )
            yield view, message, (str(relation),)


def pinned_revision(subject: Subject) -> Iterator[Finding]:
    """An exact version names a revision that a rebuild changes."""
    yield from few(subject, "pinned-revision", _pinned_revision(subject))


def _pinned_revision(subject: Subject) -> Iterator[Told]:
    named = _namer(subject)
    for relation, one in _bounds(subject):
        view = named(one)
        if (
            view is not None
            and relation.field in subject.family.traits.positive_fields
            and one.operator is Operator.EQUAL
            and subject.family.split(one.version)[2]
            and not view.admitted.holds(Boundary.after(subject.family.key(one.version)))
        ):
            message = (
                f"pins {view.name} to {one.version}: a rebuild of the same release does not fit any more"
            )
            yield view, message, (str(relation),)


def bound_blocks_backports(subject: Subject) -> Iterator[Finding]:
    """A lower bound with a revision keeps out backports of that very version."""
    yield from few(subject, "bound-blocks-backports", _bound_blocks_backports(subject))


def _bound_blocks_backports(subject: Subject) -> Iterator[Told]:
    named = _namer(subject)
    family = subject.family
    for relation, one in _bounds(subject):
        view = named(one)
        if (
            view is not None
            and relation.field in family.traits.positive_fields
            and one.operator is Operator.GREATER_EQUAL
            and family.split(one.version)[2]
        ):
            backport = family.releases.backport(one.version)
            if backport is not None and not view.admitted.holds(Boundary.before(family.key(backport))):
                message = f"asks for {view.name} >= {one.version}, which keeps out its backport {backport}"
                yield view, message, (str(relation),)


def prerelease_slips_through(subject: Subject) -> Iterator[Finding]:
    """An upper bound without its tilde lets in the prereleases of the first release it keeps out."""
    for view in subject.peers:
        inside = set(view.let_in)
        for before, release in pairwise(view.guard.known):
            if before not in inside or release in inside or view.guard.compatible(release):
                continue
            if before.final == release.final:
                # The prereleases of this one are listed, and judged as releases.
                continue
            if view.admitted.holds(Boundary.before(subject.family.key(view.prerelease(release)))):
                said = Outcome(installable=True, compatible=False)
                shown = prerelease_example(view, release, said)
                if shown is None:
                    continue
                version = shown.ref.version
                reasons = tuple(one.reason for one in view.guard.reasons_against(release))
                message = f"keeps out {view.name} {release}, but lets in {version}: the bound lacks its tilde"
                witness = view.witness(shown.ref, said)
                yield subject.report("prerelease-slips-through", view, message, witness, reasons)


def prerelease_shut_out(subject: Subject) -> Iterator[Finding]:
    """A prerelease refuses the prerelease of its peer that was made with it."""
    if not subject.identity.below:
        return
    finals = {release.final for release in subject.identity.releases.values()}
    for view in subject.peers:
        for release in view.guard.known:
            if not (release.text in finals and view.guard.compatible(release) and view.naming):
                continue
            if not view.admitted.holds(Boundary.before(subject.family.key(view.prerelease(release)))):
                said = Outcome(installable=False, compatible=True)
                shown = prerelease_example(view, release, said)
                if shown is None:
                    continue
                message = f"refuses {shown.ref}, the prerelease that belongs to it"
                witness = view.witness(shown.ref, said)
                yield subject.report("prerelease-shut-out", view, message, witness)


def wrong_epoch(subject: Subject) -> Iterator[Finding]:
    """The package has another epoch than the manifest gives it."""
    wrong = epoch_of(subject.identity.package, subject.family, subject.package.version)
    if wrong is not None:
        yield subject.report("wrong-epoch", None, f"{wrong.reason}; {wrong.help}")


def epoch_forgotten(subject: Subject) -> Iterator[Finding]:
    """A bound lacks the peer's epoch, and so speaks of other versions."""
    yield from few(subject, "epoch-forgotten", _epoch_forgotten(subject))


def _epoch_forgotten(subject: Subject) -> Iterator[Told]:
    named = _namer(subject)
    spans: dict[str, _Spans] = {}
    for relation, one in _bounds(subject):
        view = named(one)
        if view is None:
            continue
        if view.name not in spans:
            spans[view.name] = _Spans(view)
        if _epoch_matters(view, spans[view.name], one):
            given = subject.family.split(one.version)[0] or "none"
            wanted = view.translation.epoch or "none"
            message = (
                f"bounds {view.name} by {one.version} with epoch {given}; the package's epoch is {wanted}"
            )
            yield view, message, (str(relation),)


def _bounds(subject: Subject) -> Iterator[tuple[Relation, Constraint]]:
    for relation in subject.package.relations:
        if relation.field != subject.family.traits.providing_field:
            for one in constraints(relation.expression):
                spend()
                if one.operator is not None:
                    yield relation, one


def _namer(subject: Subject) -> Callable[[Constraint], PeerView | None]:
    """Return the function that finds the peer that a constraint speaks of, each name looked up once."""
    found: dict[str, PeerView | None] = {}

    def named(one: Constraint) -> PeerView | None:
        if one.name not in found:
            found[one.name] = next((view for view in subject.peers if speaks_of(one, view.name)), None)
        return found[one.name]

    return named


class _Spans:
    """The versions of each known release of a peer, searched by bisection where they follow one another."""

    def __init__(self, view: PeerView) -> None:
        self._spans = [(release, view.span(release)) for release in view.guard.known]
        parts = sorted(
            (low, high, release) for release, span in self._spans for low, high in span.intervals()
        )
        self._lows = [low for low, _, _ in parts]
        self._highs = [high for _, high, _ in parts]
        self._releases = [release for _, _, release in parts]
        self._apart = all(before <= after for before, after in zip(self._highs, self._lows[1:], strict=False))

    def met(self, versions: VersionSet) -> frozenset[Release]:
        """Return the releases of which a set of versions holds some version."""
        if not self._apart:
            return frozenset(release for release, span in self._spans if versions & span)
        return frozenset(
            release
            for low, high in versions.intervals()
            for release in self._releases[bisect_right(self._highs, low) : bisect_left(self._lows, high)]
        )


def _epoch_matters(view: PeerView, spans: _Spans, one: Constraint) -> bool:
    """Return whether a bound judges some known release otherwise than it would with the peer's epoch."""
    family = view.subject.family
    epoch, upstream, revision = family.split(one.version)
    wanted = view.translation.epoch
    if one.operator is None or epoch.lstrip("0") == wanted:
        return False
    meant = f"{wanted}:{upstream}" if wanted else upstream
    said = family.range_of(one.operator.value, one.version)
    meant_range = family.range_of(one.operator.value, f"{meant}-{revision}" if revision else meant)
    return spans.met(said) != spans.met(meant_range)


def _outside(view: PeerView) -> list[Release]:
    """Return the incompatible releases that a half-line can keep out: those around all that is allowed."""
    hull = view.guard.allowed.hull()
    return [one for one in view.guard.known if not hull.holds(one.boundary)]


def _halves(subject: Subject, name: str) -> tuple[str, ...]:
    lower, upper = [], []
    for relation in subject.package.relations:
        one = relation.expression
        if (
            relation.field in subject.family.traits.positive_fields
            and isinstance(one, Constraint)
            and one.name == name
        ):
            if one.operator in (Operator.GREATER, Operator.GREATER_EQUAL):
                lower.append(str(relation))
            elif one.operator in (Operator.LESS, Operator.LESS_EQUAL):
                upper.append(str(relation))
    return (*lower, *upper) if lower and upper else ()


def _others(subject: Subject, view: PeerView) -> frozenset[str]:
    return frozenset(
        part.name
        for relation in subject.package.relations
        for part in constraints(relation.expression)
        if not speaks_of(part, view.name) and part.name != subject.package.name
    )


class _Orders:
    """The known releases of a peer in the order of every family."""

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
        """Name a known release that two families put on different sides of a bound."""
        _, upstream, _ = self._family.split(version)
        if _SAME_EVERYWHERE.fullmatch(upstream):
            return ""
        try:
            bounds = [(kind.key(upstream), keys) for kind, keys in self._keys]
        except PkgguardError:
            return ""
        if self._ordered:
            # The releases below a bound in one order and above it in another lie between these places.
            first = min(bisect_right(keys, bound) for bound, keys in bounds)
            end = max(bisect_left(keys, bound) for bound, keys in bounds)
            return self._family.releases.write(self._known[first]) if first < end else ""
        for place, release in enumerate(self._known):
            sides = {(bound > keys[place]) - (bound < keys[place]) for bound, keys in bounds}
            if {-1, 1} <= sides:
                return self._family.releases.write(release)
        return ""
