"""The rules that compare what a package lets in with what works with it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from pkgguard.budget import spend
from pkgguard.check.examples import Outcome, example
from pkgguard.compat.engine import allowed
from pkgguard.compat.guard import required_groups
from pkgguard.compat.reasons import UNKNOWN
from pkgguard.families.expression import speaks_of
from pkgguard.generate.relations import guarded
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.finding import Finding
    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.versions.release import Release


def admits_incompatible_peer(subject: Subject) -> Iterator[Finding]:
    """A client lets in a known release of its server that does not work with it."""
    for view in subject.peers:
        if view.guard.as_client and (view.needed or view.naming):
            yield from _let_in(subject, view, "admits-incompatible-peer", view.admitted_incompatible)


def missing_breaks_on_older_peer(subject: Subject) -> Iterator[Finding]:
    """A server lets in a client release that an older server worked with.

    Only clients that an upgrade of this package would break, and broken ones, are
    its to stop; a newer client that needs more of the server guards itself.
    """
    for view in subject.peers:
        if not view.guard.as_client:
            older = tuple(
                release for release in view.admitted_incompatible if _is_ours_to_stop(subject, view, release)
            )
            yield from _let_in(subject, view, "missing-breaks-on-older-peer", older)


def refuses_compatible_peer(subject: Subject) -> Iterator[Finding]:
    """A known release that works with the package is refused by its relations."""
    unsatisfied = {view.name for view in _unsatisfied(subject)}
    for view in subject.peers:
        if not view.refused_compatible or view.name in unsatisfied or carries_what_is_generated(subject):
            continue
        said = Outcome(installable=False, compatible=True)
        shown = example(view, view.refused_compatible[::-1], VersionSet.full(), said)
        if shown is None:
            continue
        count = len(view.refused_compatible)
        plural = "s" if count > 2 else ""
        more = f" and {count - 1} more compatible release{plural}" if count > 1 else ""
        yield subject.report(
            "refuses-compatible-peer",
            view,
            f"refuses {view.name} {shown.release}{more}, which work{'s' if count == 1 else ''} with it",
            view.witness(shown.ref, said),
        )


def no_relation_to_peer(subject: Subject) -> Iterator[Finding]:
    """No relation names a peer that the package needs, or must keep versions of away."""
    for view in subject.peers:
        if not view.naming and (view.needed or _must_keep_away(subject, view)) and _is_firm(view):
            yield subject.report("no-relation-to-peer", view, f"names its peer {view.name} in no relation")


def peer_not_required(subject: Subject) -> Iterator[Finding]:
    """A client keeps wrong versions of its server away, and asks for none."""
    requiring = subject.family.traits.positive_fields
    for group in required_groups(subject.compatibility.manifest, subject.guards):
        views = [view for view in subject.peers if view.guard in group]
        names = {name for view in views for name in (view.name, *view.provided_names)}
        asked = any(
            relation.field in requiring and any(speaks_of(relation.expression, name) for name in names)
            for relation in subject.package.relations
        )
        if not asked and any(view.naming for view in views):
            view = views[0]
            yield subject.report("peer-not-required", view, f"does not ask for {view.name}, which it calls")


def no_relation_to_optional_peer(subject: Subject) -> Iterator[Finding]:
    """No relation names a peer that need not be there but has versions that do not fit."""
    for view in subject.peers:
        if not view.naming and not _is_firm(view) and view.admitted_incompatible:
            counted = _counted(view.admitted_incompatible)
            message = f"names {view.name} in no relation, of which {counted} would not work"
            yield subject.report("no-relation-to-optional-peer", view, message)


def admits_unknown_peer(subject: Subject) -> Iterator[Finding]:
    """The bounds reach past the horizon, or below the oldest release in the manifest."""
    for view in subject.peers:
        if not view.naming or not view.guard.as_client:
            continue
        unknown = [one for one in view.guard.required if one.reason.cause in UNKNOWN]
        known = [one for one in view.guard.required if one not in unknown]
        reach = view.translation.versions(~allowed(unknown) & allowed(known)) & view.admitted
        if reach:
            reasons = tuple(one.reason for one in unknown if view.translation.excluded(one.excluded) & reach)
            yield subject.report(
                "admits-unknown-peer",
                view,
                f"lets in {view.name} releases that the manifest does not know",
                reasons=reasons,
            )


def never_satisfiable(subject: Subject) -> Iterator[Finding]:
    """No known release of any package that would do can be installed with this one."""
    said = Outcome(installable=False, compatible=True)
    for view in _unsatisfied(subject):
        best = [release for release in reversed(view.guard.known) if view.guard.compatible(release)]
        shown = example(view, best, VersionSet.full(), said)
        yield subject.report(
            "never-satisfiable",
            view,
            f"no published version of {view.name} can satisfy its relations",
            None if shown is None else view.witness(shown.ref, said),
        )


def broken_release(subject: Subject) -> Iterator[Finding]:
    """The manifest says that this release must never be paired."""
    for broken in subject.compatibility.manifest.broken:
        if subject.identity.releases.get(broken.component) == broken.release:
            message = f"carries {broken.component} {broken.release}, which must never be paired"
            reasons = [
                exclusion.reason
                for view in subject.peers
                for exclusion in view.guard.required
                if exclusion.reason.broken is broken
            ]
            yield subject.report("broken-release", None, message, reasons=tuple(dict.fromkeys(reasons)))


def _let_in(subject: Subject, view: PeerView, name: str, wrong: tuple[Release, ...]) -> Iterator[Finding]:
    said = Outcome(installable=True, compatible=False)
    for run in _runs(view, wrong):
        # The release of the run that lies nearest to what works tells most.
        last = any(view.guard.compatible(one) for one in view.guard.known if one > run[-1])
        shown = example(view, run[::-1] if last else run, view.wrong, said)
        if shown is None:
            continue
        reasons = tuple(one.reason for one in view.guard.reasons_against(shown.release))
        rest = tuple(other for other in run if other is not shown.release)
        others = f" (and {_counted(rest)} like it)" if rest else ""
        yield subject.report(
            name,
            view,
            f"lets in {shown.ref}{others}: {reasons[0].sentence}",
            view.witness(shown.ref, said),
            reasons,
        )


def _runs(view: PeerView, wrong: tuple[Release, ...]) -> Iterator[tuple[Release, ...]]:
    inside = set(wrong)
    for is_wrong, run in groupby(view.guard.known, key=inside.__contains__):
        if is_wrong:
            yield tuple(run)


def _is_ours_to_stop(subject: Subject, view: PeerView, client: Release) -> bool:
    """Return whether only this server's package can stop a client: it worked before, or is broken."""
    return view.guard.broken.holds(client.boundary) or _worked_before(subject, view, client)


def _worked_before(subject: Subject, view: PeerView, client: Release) -> bool:
    compatibility = subject.compatibility
    for name in view.guard.as_server:
        spend()
        protocol = compatibility.manifest.protocols[name]
        own = subject.identity.releases[protocol.server]
        for component in protocol.clients:
            if component in view.guard.peer.carries:
                servers = compatibility.allowed_servers(name, component, client)
                if compatibility.has_release(protocol.server, servers, own):
                    return True
    return False


def _must_keep_away(subject: Subject, view: PeerView) -> bool:
    if view.guard.as_client:
        return bool(view.admitted_incompatible)
    return any(_is_ours_to_stop(subject, view, release) for release in view.admitted_incompatible)


def _is_firm(view: PeerView) -> bool:
    return view.needed or not view.guard.as_client


def _unsatisfied(subject: Subject) -> list[PeerView]:
    views = {view.guard.peer.name: view for view in subject.peers}
    found = []
    for group in required_groups(subject.compatibility.manifest, subject.guards):
        members = [views[guard.peer.name] for guard in group]
        possible = [view for view in members if any(map(view.guard.compatible, view.guard.known))]
        if possible and not any(view.let_in or view.taken for view in members):
            found.append(possible[0])
    return found


def carries_what_is_generated(subject: Subject) -> bool:
    """Return whether a package carries what pkgguard writes, where that over-restricts.

    Such a package refuses more than it must only where its family cannot say it.
    """
    carried = {(relation.field, relation.text) for relation in subject.package.relations}
    for target in subject.family.summary.targets:
        generated = guarded(subject.compatibility, subject.family, subject.identity, target=target)
        if generated.losses and carried >= {
            (one.relation.field, one.relation.text) for one in generated.relations
        }:
            return True
    return False


def _counted(releases: tuple[Release, ...]) -> str:
    if len(releases) == 1:
        return str(releases[0])
    return f"{len(releases)} releases from {releases[0]} to {releases[-1]}"
