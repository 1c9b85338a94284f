"""The parts of one rpm dependency: its field, its operator, its name."""

from __future__ import annotations

import re
from sys import intern
from typing import Final

from pkgguard.errors import RelationError, VersionError
from pkgguard.families.expression import Constraint, Operator
from pkgguard.families.rpm.version import key

OPERATORS: Final = {
    "<": Operator.LESS,
    "<=": Operator.LESS_EQUAL,
    "=<": Operator.LESS_EQUAL,
    "=": Operator.EQUAL,
    "==": Operator.EQUAL,
    ">=": Operator.GREATER_EQUAL,
    "=>": Operator.GREATER_EQUAL,
    ">": Operator.GREATER,
}
"""Every spelling that rpmbuild reads as an operator; it silently rewrites ``== =< =>``."""

RICH_FIELDS: Final = frozenset({"Requires", "Conflicts", "Recommends", "Suggests", "Supplements", "Enhances"})
"""The fields in which rpmbuild accepts a rich dependency."""

FIELDS: Final = (
    "Provides",
    "Requires",
    "Conflicts",
    "Obsoletes",
    "Recommends",
    "Suggests",
    "Supplements",
    "Enhances",
)
"""The relation fields of a binary package."""

PRETRANS: Final = "Requires(pretrans)"
"""A requirement that packages of the same transaction do not satisfy."""
MISSING_OK: Final = "Requires(missingok)"
"""A requirement that rpm notes and never enforces."""

# rpm checks only ASCII, and accepts every other first character.
_FIRST: Final = re.compile(r"[A-Za-z0-9_/]|[^\x00-\x7f]")
_MACRO: Final = re.compile(r"%[{(\[]|@[A-Za-z_][A-Za-z0-9_]*@")
_PACKAGE_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")


def check_constraint(field: str, name: str, operator: Operator | None, version: str) -> Constraint:
    """Return the constraint of a name and a bound, after rpmbuild's checks of both.

    ``field`` is the relation field (Obsoletes accepts only package names). Raises
    :class:`RelationError` with the rule that is broken.
    """
    text = f"{name} {operator.value} {version}" if operator else name
    if _MACRO.search(name) or _MACRO.search(version):
        raise RelationError(
            field, text, "a macro or placeholder was not expanded", "define it, or write its value"
        )
    if not _FIRST.match(name):
        help = f"rpm's operators are {' '.join(sorted(OPERATORS))}" if name[0] in "<>=!" else ""
        raise RelationError(field, text, "a name must begin with a letter, a digit, '_' or '/'", help)
    if operator is not None:
        if name.startswith("/"):
            raise RelationError(field, text, "a file name cannot have a version", "remove the version")
        try:
            key(version)
        except VersionError as error:
            raise RelationError(field, text, f"{version!r} is not an rpm version: {error.reason}") from error
    base = base_field(field)
    if base == "Obsoletes" and (not _PACKAGE_NAME.fullmatch(name) or ".." in name):
        raise RelationError(
            field,
            text,
            "Obsoletes accepts only package names",
            "name the package instead of a name that it provides",
        )
    if base == "Provides" and name.startswith("rpmlib("):
        raise RelationError(field, text, "no package may provide an rpmlib() feature", "remove it")
    # The same name may occur in tens of thousands of relations.
    return Constraint(intern(name), operator, version if operator else "")


def base_field(field: str) -> str:
    """Return a field without its qualifier: ``Requires`` for ``Requires(pretrans)``."""
    return field.partition("(")[0]
