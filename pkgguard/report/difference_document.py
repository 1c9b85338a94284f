"""The JSON documents of differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pkgguard.budget import spend
from pkgguard.report.json_document import clean, head, range_entry, reason_entry, ref_entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkgguard.check.package_difference import PackageDifference
    from pkgguard.compat.difference import ManifestDifference
    from pkgguard.families.relation_changes import RelationChange
    from pkgguard.generate.difference import GeneratedDifference
    from pkgguard.manifest.discover import Found


def difference_document(
    result: ManifestDifference, old: str, new: str, generated: GeneratedDifference | None
) -> dict[str, Any]:
    """Return the difference between two manifests; ``generated`` is that of the generated relations."""
    return clean(
        head("diff", None)
        | {
            "old": old,
            "new": new,
            "summary": {
                "forbidden": result.total(allowed=False),
                "allowed": result.total(allowed=True),
            },
            "changes": [
                {
                    "client": one.client,
                    "server": one.server,
                    "becomes": "allowed" if one.allowed else "forbidden",
                    "client_releases": range_entry(one.clients),
                    "server_releases": [range_entry(some) for some in one.servers],
                    "pairs": one.pairs,
                    "reasons": [reason_entry(reason) for reason in one.reasons],
                }
                for one in result.pairs
            ],
            "releases": [
                {
                    "component": one.component,
                    "added": [str(release) for release in one.added],
                    "removed": [str(release) for release in one.removed],
                }
                for one in result.releases
            ],
            "generated": _generated(generated) if generated is not None else None,
        }
    )


def _generated(generated: GeneratedDifference) -> dict[str, Any]:
    return {
        "relations": [
            {
                "family": one.family,
                "package": one.package,
                "releases": [range_entry(some) for some in one.releases],
                "number": one.number,
                "changes": _changes(one.changes),
            }
            for one in generated.relations
        ],
        "rebuilds": [
            {"package": ref_entry(one.package), "changes": _changes(one.changes)}
            for one in generated.rebuilds
        ],
        "not_compared": [ref_entry(one) for one in generated.not_compared],
    }


def _changes(changes: Iterable[RelationChange]) -> list[dict[str, Any]]:
    found = []
    for one in changes:
        spend()
        found.append(
            {
                "field": one.field,
                "old": one.old.text if one.old is not None else None,
                "new": one.new.text if one.new is not None else None,
            }
        )
    return found


def package_difference_document(result: PackageDifference, found: Found) -> dict[str, Any]:
    """Return the difference between two packages, or between a package and what would be generated for it."""
    return clean(
        head("package-diff", found)
        | {
            "old": ref_entry(result.old),
            "new": ref_entry(result.new),
            "generated": result.generated,
            "in_manifest": result.known,
            "summary": {
                "relations": len(result.relations),
                "admitted": result.releases(admitted=True),
                "refused": result.releases(admitted=False),
                "wrong": result.wrong,
            },
            "relations": _changes(result.relations),
            "peers": [
                {
                    "peer": one.peer,
                    "becomes": "admitted" if one.admitted else "refused",
                    "right": one.right,
                    "releases": range_entry(one.releases),
                    "number": one.number,
                    "relations": [str(relation) for relation in one.relations],
                    "reasons": [reason_entry(reason) for reason in one.reasons],
                }
                for one in result.peers
            ],
        }
    )
