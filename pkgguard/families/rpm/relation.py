"""Reading relations of rpm packages from text or from a header.

Text is read as rpmbuild 4.18 reads a dependency line of a spec. The rules are those of
rpm's dependency manual and its page on boolean dependencies, and were compared with
what rpmspec accepts and stores.
"""

from __future__ import annotations

import re
from typing import Final

from pkgguard.errors import RelationError
from pkgguard.families import limits
from pkgguard.families.expression import Expression, Operator, constraints
from pkgguard.families.interface import Pitfall, Relation
from pkgguard.families.rpm.dependency_syntax import (
    FIELDS,
    MISSING_OK,
    OPERATORS,
    PRETRANS,
    RICH_FIELDS,
    base_field,
    check_constraint,
)
from pkgguard.families.rpm.rich import RichParser, render
from pkgguard.families.rpm.version import range_of

__all__ = ["field_of", "parse", "pitfalls", "range_of", "relation_from_header", "render"]

_TOKEN: Final = re.compile(r"[^\s,]+", re.ASCII)
_SENSES: Final = {
    2: Operator.LESS,
    10: Operator.LESS_EQUAL,
    8: Operator.EQUAL,
    12: Operator.GREATER_EQUAL,
    4: Operator.GREATER,
}
_SENSE_MASK: Final = 0xE
_SERIAL_FLAG: Final = 1
_PRETRANS_FLAG: Final = 1 << 7
_MISSING_OK_FLAG: Final = 1 << 19
_PREUNTRANS_FLAG: Final = 1 << 20
_RPMLIB_FLAG: Final = 1 << 24
_QUALIFIERS: Final = frozenset(
    {"interp", "meta", "preun", "pre", "postun", "post", "rpmlib", "verify", "pretrans", "posttrans"}
)
_TAG: Final = re.compile(r"([A-Za-z]+)(?:\(([^)]*)\))?", re.ASCII)
_SPELLING: Final = {field.lower(): field for field in FIELDS} | {"prereq": "Requires"}
_COMPARISON: Final = re.compile(r"[<>=]")
_BAR_OR_COMMA: Final = re.compile(r"[|,]")
_SHOWN: Final = 80


def field_of(tag: str) -> str | None:
    """Return the relation field of a spec's tag, or None if the tag is not for a relation.

    Case does not matter. ``Requires(pre)`` and the like are ``Requires``: the
    qualifier orders the scriptlets and changes no verdict. Only ``pretrans`` is
    kept, as ``Requires(pretrans)``: packages of the same transaction do not
    satisfy it.

    Raises :class:`RelationError` for a qualifier that rpmbuild refuses.
    """
    match = _TAG.fullmatch(tag.strip())
    if not match or match[1].lower() not in _SPELLING:
        return None
    field = _SPELLING[match[1].lower()]
    if match[2] is None:
        return field
    qualifiers = {word.strip().lower() for word in match[2].split(",")}
    if field != "Requires" or not qualifiers <= _QUALIFIERS:
        known = ", ".join(sorted(_QUALIFIERS))
        raise RelationError(
            field, tag, "rpmbuild does not know this qualifier", f"only Requires has qualifiers: {known}"
        )
    return PRETRANS if "pretrans" in qualifiers else field


def parse(field: str, text: str) -> tuple[Relation, ...]:
    """Read the text of a relation field of a spec.

    ``field`` is one of :data:`~pkgguard.families.rpm.dependency_syntax.FIELDS` or a tag
    that :func:`field_of` knows, ``text`` a list separated by commas, blanks or both.
    The token after an operator is the version, so ``a>=1.0`` without blanks is a name
    (:func:`pitfalls` reports it).

    Raises :class:`RelationError` with the part that rpmbuild would refuse.
    """
    known = field if field == MISSING_OK else field_of(field)
    if known is None:
        raise RelationError(
            field, text, "this is not a relation field of rpm", f"use one of {', '.join(FIELDS)}"
        )
    expressions: list[Expression] = []
    at = 0
    while token := _TOKEN.search(text, at):
        if token.group().startswith("("):
            expression, at = _rich(known, text, token.start())
            expressions.append(expression)
            continue
        at = token.end()
        operator, version = None, ""
        after = _TOKEN.search(text, at)
        if after and (operator := OPERATORS.get(after.group())):
            bound = _TOKEN.search(text, after.end())
            if not bound:
                part = text[token.start() :].strip()
                raise RelationError(known, part, "a version is missing after the operator", "add it")
            version, at = bound.group(), bound.end()
        expressions.append(check_constraint(known, token.group(), operator, version))
    return tuple(Relation(known, render(expression), expression) for expression in expressions)


def relation_from_header(field: str, name: str, flags: int, evr: str) -> Relation:
    """Return the relation of one (name, flags, version) triple of a package header.

    ``field`` is one of :data:`~pkgguard.families.rpm.dependency_syntax.FIELDS`; a rich
    dependency is a name that begins with a parenthesis. As in rpm, a bound
    without a version and a version without a bound are both no bound.

    With certain flags, the field of the result is ``Requires(pretrans)`` or
    ``Requires(missingok)``, because these change what rpm enforces.

    Raises :class:`RelationError` for a triple that rpmbuild would not write.
    """
    shown = f"{name} {evr}".strip()[:_SHOWN]
    kept = _field_by_flags(field, name, flags, evr, shown)
    if name.startswith("("):
        expression, end = _rich(kept, name, 0)
        if end != len(name):
            raise RelationError(field, name[end:][:_SHOWN], "text follows the rich dependency")
        return Relation(kept, render(expression), expression)
    sense = flags & _SENSE_MASK
    if not name or _TOKEN.fullmatch(name) is None:
        raise RelationError(field, shown, "a name must not be empty or contain blanks or commas")
    operator = None
    if sense and evr:
        operator = _SENSES.get(sense)
        if operator is None:
            raise RelationError(field, shown, f"the comparison flags {sense:#x} are not an operator")
    expression = check_constraint(kept, name, operator, evr)
    return Relation(kept, render(expression), expression)


def pitfalls(expression: Expression) -> tuple[tuple[Pitfall, str], ...]:
    """Return the names of an expression that contain a comparison, a bar or a single parenthesis.

    rpmbuild needs blanks around operators: it accepts ``a>=1.0`` and ``a|b`` as names
    of packages, which do not exist. As in rpm, they are not an error here; a check
    should report them.
    """
    found = []
    for constraint in constraints(expression):
        if _COMPARISON.search(constraint.name):
            found.append((Pitfall.OPERATOR_IN_NAME, constraint.name))
        elif _BAR_OR_COMMA.search(constraint.name) or constraint.name.count("(") != constraint.name.count(
            ")"
        ):
            found.append((Pitfall.SEPARATOR_IN_NAME, constraint.name))
    return tuple(found)


def _field_by_flags(field: str, name: str, flags: int, evr: str, shown: str) -> str:
    """Return the field that a relation belongs to by its flags; raise :class:`RelationError` for bad flags.

    Source: rpm 4.16, 4.18 and 4.20, measured with packages that have each single bit. A
    flag that they read differently is bad.
    """
    kept = field
    if field == "Requires" and flags & _PRETRANS_FLAG:
        kept = PRETRANS
    if flags & _MISSING_OK_FLAG:
        if field != "Requires":
            raise RelationError(field, shown, "the flag MISSINGOK has a meaning in Requires only")
        # rpm loses the flag when it splits a rich dependency.
        kept = kept if name.startswith("(") else MISSING_OK
    if flags & _PRETRANS_FLAG and field != "Requires":
        raise RelationError(
            field, shown, "the flag PRETRANS makes rpm ignore it: it has a meaning in Requires only"
        )
    if flags & _PREUNTRANS_FLAG and field in {"Requires", "Conflicts"}:
        raise RelationError(
            field,
            shown,
            "rpm 4.16 and 4.18 ignore the flag PREUNTRANS, and rpm 4.20 reads it as PRETRANS",
        )
    if flags & _SERIAL_FLAG and evr:
        raise RelationError(
            field, shown, "the flag 0x1 makes rpm compare a serial number, which no package has"
        )
    if name.startswith("rpmlib(") and not (field == "Requires" and flags & _RPMLIB_FLAG):
        raise RelationError(field, shown, "a feature of rpm can only be required, with the flag RPMLIB")
    if flags & _RPMLIB_FLAG and not name.startswith("rpmlib("):
        raise RelationError(field, shown, "the flag RPMLIB is set for a name that is not an rpmlib() feature")
    return kept


def _rich(field: str, text: str, start: int) -> tuple[Expression, int]:
    if base_field(field) not in RICH_FIELDS:
        part = text[start:].strip()
        raise RelationError(
            field, part, "rpm does not accept a rich dependency here", "list plain names, each with its bound"
        )
    expression, end = RichParser(field, text).parse(start)
    count = sum(1 for _ in constraints(expression))
    if count > limits.ALTERNATIVES:
        reason = f"a rich dependency has {count} terms; at most {limits.ALTERNATIVES} are judged"
        raise RelationError(field, f"{text[start : start + 60]}...", reason, "name fewer")
    return expression, end
