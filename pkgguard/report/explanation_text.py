"""The text of an explanation: the relations of a package version, and why they are what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.report.footnotes import Footnotes
from pkgguard.report.page import counted, reason_lines
from pkgguard.report.text import listed, relations_page
from pkgguard.versions.grid import Axis

if TYPE_CHECKING:
    from pkgguard.compat.guard import Guard
    from pkgguard.generate.relations import ExplainedRelation, Generated
    from pkgguard.report.page import Page

_REASONS: Final = 3
"""How many of the reasons that decide a bound are named."""
_RELEASES: Final = 4


def explanation_page(page: Page, generated: Generated, *, verbose: bool = False) -> None:
    """Add each relation of a package version with its reasons.

    A ``verbose`` page has every reason, also those behind each peer's range; otherwise the
    reasons that decide a bound are notes at the end.
    """
    identity = generated.identity
    carried = ", ".join(f"{name} {release}" for name, release in identity.releases.items())
    assumed = " (treated as such: the version is unknown)" if identity.assumed else ""
    page.line(f"{generated.name} {identity.version} carries {carried}{assumed}")
    if identity.prerelease:
        page.line("a prerelease: its bounds accept the prereleases of its own release", indent=2)
    alike: dict[tuple[object, ...], list[Guard]] = {}
    numbers: dict[object, int] = {}
    known: dict[tuple[str, ...], int] = {}
    for guard in generated.guards:
        spend()
        carries = guard.peer.carries
        if carries not in known:  # comparing long lists of releases once, not for each peer
            known[carries] = numbers.setdefault(guard.known, len(numbers))
        same = (guard.as_client, guard.as_server, guard.exclusions, known[carries])
        alike.setdefault(same, []).append(guard)
    for guards in alike.values():
        if verbose:
            page.line()
        _guards(page, guards, verbose=verbose)
    page.line()
    page.line(f"relations ({generated.target})")
    if not generated.relations:
        page.line("none: it has no peer on its machine, or carries both sides of its protocols", indent=2)
    notes = Footnotes(sentences=True)
    for one in generated.relations:
        if verbose:
            _in_full(page, one)
        else:
            _in_brief(page, one, notes)
    notes.write(page, "relation")
    if generated.losses:
        page.line()
        relations_page(page, generated)


def _guards(page: Page, guards: list[Guard], *, verbose: bool) -> None:
    guard = guards[0]
    known = Axis([release.boundary for release in guard.known])
    role = "server" if guard.as_client else "client"
    names = ", ".join(one.peer.name for one in guards)
    fits = " and ".join(_span(guard, *span) for span in known.runs(guard.allowed)) or "no known release"
    page.line(f"{role} package{'s' if len(guards) > 1 else ''} {names}: works with {fits}", hang=2)
    for exclusion in guard.exclusions if verbose else ():
        if spans := known.runs(exclusion.excluded):
            reason_lines(page, exclusion.reason, indent=2)
            page.item("refuses", _refused(guard, spans))


def _span(guard: Guard, first: int, end: int) -> str:
    low, high = guard.known[first], guard.known[end - 1]
    return str(low) if low is high else f"{low} to {high}"


def _refused(guard: Guard, spans: list[tuple[int, int]]) -> str:
    """Return the releases in some spans of a guard's known releases; if there are many, only some of them."""
    count = sum(end - first for first, end in spans)
    if count > _RELEASES:
        places = (place for span in spans for place in range(*span))
        one, other, last = next(places), next(places), spans[-1][1] - 1
        return listed(tuple(str(guard.known[place]) for place in (one, other, last)), count)
    return listed(tuple(str(guard.known[place]) for span in spans for place in range(*span)))


def _in_full(page: Page, one: ExplainedRelation) -> None:
    page.line(str(one.relation), indent=2, hang=4)
    page.item("for", one.note)
    for reason in one.binding:
        reason_lines(page, reason)
    if one.others:
        page.item("also", f"{counted(len(one.others), 'more change')} that a laxer bound would meet")


def _in_brief(page: Page, one: ExplainedRelation, notes: Footnotes) -> None:
    marks = "".join(f" {notes.mark(reason, str(one.relation))}" for reason in one.binding[:_REASONS])
    further = len(one.binding[_REASONS:]) + len(one.others)
    more = f", and {counted(further, 'more reason')}" if further else ""
    page.line(f"{one.relation} {marks}{more}".rstrip(), indent=2, hang=4)
    page.item("for", one.note)
