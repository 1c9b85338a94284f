"""Making a diagnostic of a package, and shortening what it quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkgguard.diagnostics import Kind
    from pkgguard.families.interface import Package


_LINES: Final = 20
"""Relations that one finding quotes; a package may hold tens of thousands that name its peer."""
_CHARACTERS: Final = 2000
"""Characters of a line that are quoted: a relation field that cannot be read at all is one line."""

_REASONS: Final = 5
"""Reasons that are given for one pair of packages."""
_REASON: Final = 400
"""Characters of such a reason, which quotes a clause."""


def finding_about(package: Package, rule: Kind, message: str, relations: tuple[str, ...] = ()) -> Diagnostic:
    """Return a finding of a rule about one package."""
    return Diagnostic(
        rule.id,
        rule.severity,
        message,
        rule.help,
        rule.references,
        package.path,
        package=package.ref,
        relations=quoted(relations),
    )


def quoted(relations: tuple[str, ...]) -> tuple[str, ...]:
    """Return the first of many relations, each shortened, and a line that counts the rest."""
    lines = tuple(shortened(line) for line in relations[:_LINES])
    if len(relations) > _LINES:
        lines = (*lines, f"… and {len(relations) - _LINES} more")
    return lines


def brief(reasons: Iterable[str]) -> tuple[str, ...]:
    """Return the first of many reasons, the middle of a long one left out, and a line that counts the rest.

    A reason quotes a whole clause of a package, and there is one for each pair that the package is in.
    """
    every = tuple(dict.fromkeys(reasons))
    told = tuple(map(_without_middle, every[:_REASONS]))
    return told if len(every) <= _REASONS else (*told, f"… and {len(every) - _REASONS} more")


def _without_middle(text: str) -> str:
    left_out = len(text) - _REASON
    if left_out <= 0:
        return text
    half = _REASON // 2
    return f"{text[:half]} … ({left_out} characters) … {text[-half:]}"


def shortened(text: str) -> str:
    """Return a text, or its beginning and how much follows."""
    if len(text) <= _CHARACTERS:
        return text
    return f"{text[:_CHARACTERS]} … and {len(text) - _CHARACTERS} more characters"
