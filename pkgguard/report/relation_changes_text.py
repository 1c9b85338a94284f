"""The text about relations that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.report.page import counted, reason_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkgguard.check.package_difference import PackageDifference, PeerChange
    from pkgguard.families.relation_changes import RelationChange
    from pkgguard.generate.difference import GeneratedDifference
    from pkgguard.report.page import Page

REASONS: Final = 3
"""The reasons against some releases of a peer that are shown, unless all are asked for."""


def generated_page(page: Page, result: GeneratedDifference) -> None:
    """Add which generated relations differ, and which published packages need a rebuild."""
    for one in result.relations:
        releases = " and ".join(map(str, one.releases))
        page.line(
            f"relations: {one.package} ({one.family}) {releases} ({counted(one.number, 'release')})",
            hang=2,
            colour="bold",
        )
        change_lines(page, one.changes)
    for rebuild in result.rebuilds:
        page.line(f"rebuild: {rebuild.package} ({rebuild.package.family})")
    for ref in result.not_compared:
        page.line(f"not compared: {ref} ({ref.family}): a manifest does not know its release", hang=2)
    page.line(generated_count(result), colour="" if result.differs else "good")


def generated_count(result: GeneratedDifference) -> str:
    """Return in how many packages generated relations differ, and how many need a rebuild."""
    if not result.differs:
        return "no generated relation changes"
    changed = len({(one.family, one.package) for one in result.relations})
    rebuilds = len(result.rebuilds)
    count = f"relations of {counted(changed, 'package')} change"
    if not rebuilds:
        return count
    return f"{count}; {counted(rebuilds, 'published package')} need{'s' if rebuilds == 1 else ''} a rebuild"


def change_lines(page: Page, changes: Iterable[RelationChange]) -> None:
    """Add the relations that differ: removed ones after a minus sign, and added ones after a plus sign."""
    for one in changes:
        for sign, relation, colour in (("-", one.old, "error"), ("+", one.new, "good")):
            if relation is not None:
                page.line(f"{sign} {relation}", indent=2, colour=colour, wrap=False)


def package_difference_page(page: Page, result: PackageDifference, *, verbose: bool = False) -> None:
    """Add the relations that differ between two packages, and the releases of peers that this affects."""
    page.line(compared(str(result.old), result), colour="bold")
    change_lines(page, result.relations)
    for one in result.peers:
        page.line(
            peer_headline(one, one.peer, str(one.releases)), hang=2, colour="" if one.right else "error"
        )
        for relation in one.relations:
            page.item("was by" if one.admitted else "by", str(relation), indent=2, wrap=False)
        for reason in one.reasons if verbose else one.reasons[:REASONS]:
            if verbose:
                reason_lines(page, reason, indent=2)
            else:
                page.item("because", reason.sentence, indent=2)
        if not verbose and len(one.reasons) > REASONS:
            page.item("", f"{more_reasons(one)}; --verbose lists them", indent=2)
    page.line(package_count(result), colour="" if result.relations else "good")


def compared(name: str, result: PackageDifference, new: str = "") -> str:
    """Return what is compared; ``name`` and ``new`` are the packages as a format writes them."""
    if result.generated:
        return f"from {name} to what would be generated for it"
    return f"from {name} to {new or result.new}"


def peer_headline(one: PeerChange, peer: str, releases: str) -> str:
    """Return what changes for some releases of a peer, and whether that is right."""
    becomes = "admitted" if one.admitted else "refused"
    right = "right" if one.right else "wrong"
    return f"{becomes}: {peer} {releases} ({counted(one.number, 'release')}), {right} by the manifest"


def more_reasons(one: PeerChange) -> str:
    """Return how many reasons there are beyond those that are shown."""
    return f"and {counted(len(one.reasons) - REASONS, 'more reason')}"


def package_count(result: PackageDifference) -> str:
    """Return how many relations differ, and how many releases of peers this affects."""
    if not (result.relations or result.peers):
        return "no relation differs"
    differ = f"{counted(len(result.relations), 'relation')} differ{'s' if len(result.relations) == 1 else ''}"
    if not result.known:
        return f"{differ}; the manifest does not know the packages, so their peers were not compared"
    admitted, refused = result.releases(admitted=True), result.releases(admitted=False)
    count = f"{differ}; {counted(admitted, 'release')} of peers admitted, {refused} refused"
    return f"{count}; wrong by the manifest: {result.wrong}" if result.peers else count
