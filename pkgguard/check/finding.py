"""What a check reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkgguard.compatibility import Reason
    from pkgguard.families.interface import PackageRef


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """A number that grows with the severity."""
        return {"info": 0, "warning": 1, "error": 2}[self.value]


@dataclass(frozen=True, slots=True)
class Witness:
    """A concrete pair that shows a finding.

    ``installable`` and ``compatible`` say what the relations and the protocol
    make of the pair. Where both packages were given, they are never other than
    what is said of that pair.
    """

    package: PackageRef
    peer: PackageRef
    installable: bool
    compatible: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that one package (or a pair of them) does not keep.

    ``message`` is one line that says all; ``relations`` the lines of the package
    it is about; ``reasons`` the statements of the manifest behind it; ``fix``
    the lines to paste.
    """

    rule: str
    severity: Severity
    path: str
    package: PackageRef
    message: str
    peer: str = ""
    relations: tuple[str, ...] = ()
    witness: Witness | None = None
    reasons: tuple[Reason, ...] = ()
    fix: tuple[str, ...] = ()
