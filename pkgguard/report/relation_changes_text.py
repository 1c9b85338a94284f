"""The text about relations that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.report.page import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkgguard.families.relation_changes import RelationChange
    from pkgguard.generate.difference import GeneratedDifference
    from pkgguard.report.page import Page


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
