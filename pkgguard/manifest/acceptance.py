"""An entry ``[[accept]]``: findings that a maintainer has examined and accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.diagnostics import NOWHERE, Position

if TYPE_CHECKING:
    from datetime import date

KEY: Final = "accept"


class Acceptance(NamedTuple):
    """One entry: the rule, the package and the peer of the findings that are accepted, and why.

    It applies to versions of the package from ``since`` on and before ``until``; a bound
    that is empty does not apply. From the day ``expires`` on it accepts nothing.
    """

    rule: str
    package: str
    because: str
    peer: str = ""
    since: str = ""
    until: str = ""
    expires: date | None = None
    position: Position = NOWHERE
