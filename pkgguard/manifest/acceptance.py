"""An entry ``[[accept]]``: findings that a maintainer has examined and accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.diagnostics import NOWHERE, Position

if TYPE_CHECKING:
    from datetime import date

KEY: Final = "accept"


class Acceptance(NamedTuple):
    """One entry: the rule, the package and the peer of the findings that are accepted, and why.

    ``since`` is the first version of the package that it is about, ``until`` the first
    one that it is no longer about; an empty one is not a bound. It ends on the day
    ``expires``.
    """

    rule: str
    package: str
    because: str
    peer: str = ""
    since: str = ""
    until: str = ""
    expires: date | None = None
    position: Position = NOWHERE
