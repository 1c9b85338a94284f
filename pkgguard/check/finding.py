"""Making the diagnostics of a package, and shortening their quotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkgguard.diagnostics import Kind
    from pkgguard.families.interface import Package


_LINES: Final = 20
"""The most relations that a finding quotes: tens of thousands of them may name the peer."""
_CHARACTERS: Final = 2000
"""The most characters of a line that are quoted: an unreadable relation field is one line."""

_REASONS: Final = 5
"""The most reasons that are given for one pair of packages."""
_REASON: Final = 400
"""The most characters of such a reason, which quotes a clause."""


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
    """Return the first relations, each shortened, and a line with the number of the others."""
    lines = tuple(shortened(line) for line in relations[:_LINES])
    if len(relations) > _LINES:
        lines = (*lines, f"… and {len(relations) - _LINES} more")
    return lines


def brief(reasons: Iterable[str]) -> tuple[str, ...]:
    """Return the first reasons, long ones without their middle, and a line with the number of the others.

    A reason quotes a whole clause of a package, and each pair with the package has its
    own reasons.
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
    """Return a text, or its beginning and the number of characters that follow."""
    if len(text) <= _CHARACTERS:
        return text
    return f"{text[:_CHARACTERS]} … and {len(text) - _CHARACTERS} more characters"
