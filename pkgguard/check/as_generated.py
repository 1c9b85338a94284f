"""Recognizing a package that carries what pkgguard generates where the family cannot express a guard."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkgguard.check.subject import Subject


def is_as_generated(subject: Subject) -> bool:
    """Return whether the relations are those that pkgguard generates, with what it cannot express.

    Only then does pkgguard refuse more than necessary, or recommend less.
    """
    carried = {(relation.field, relation.text) for relation in subject.package.relations}
    for target in subject.family.summary.targets:
        generated = subject.generated_for(target)
        if generated.losses and carried >= {
            (one.relation.field, one.relation.text) for one in generated.relations
        }:
            return True
    return False
