"""The one shape of everything that pkgguard reports: findings, mistakes, unreadable files, losses.

A :class:`Diagnostic` holds data. Each report writes it in its own words;
:mod:`pkgguard.check.registry` lists and explains every id.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """How bad a diagnostic is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """A number that grows with the severity."""
        return {"info": 0, "warning": 1, "error": 2}[self.value]


class PackageRef(NamedTuple):
    """Which package is meant: its family, name, full version and architecture.

    Two packages are the same only if all four are equal. ``str()`` is
    ``name version``, as messages show it; it is never a key.
    """

    family: str
    name: str
    version: str
    architecture: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Kind(Protocol):
    """What all diagnostics of one id have in common; a rule is one."""

    @property
    def id(self) -> str:
        """The id."""

    @property
    def severity(self) -> Severity:
        """The severity, unless it is set to another one."""

    @property
    def help(self) -> str:
        """What to do."""

    @property
    def references(self) -> tuple[str, ...]:
        """The rules behind it, such as a section of Debian Policy."""


class Outcome(NamedTuple):
    """Whether two packages can be installed together, and whether they work together."""

    installable: bool
    compatible: bool


class Witness(NamedTuple):
    """A concrete pair that shows a diagnostic.

    ``installable`` and ``compatible`` say what the relations and the protocol
    make of the pair. Where both packages were given, they are always those
    of that pair.
    """

    package: PackageRef
    peer: PackageRef
    installable: bool
    compatible: bool


class Position(NamedTuple):
    """A line of a file; ``inherited`` is whether the file is one that the manifest extends."""

    path: str = ""
    line: int = 0
    inherited: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


NOWHERE: Final = Position()
"""The position of something that is not in a file."""


class Statement(Protocol):
    """A statement of a manifest behind a diagnostic, as a report reads it.

    :class:`pkgguard.compat.reasons.Reason` is one, and describes each part.
    """

    @property
    def cause(self) -> str:
        """What kind of statement it is."""

    @property
    def protocol(self) -> str:
        """The protocol that it is about."""

    @property
    def component(self) -> str:
        """The component that it is about."""

    @property
    def span(self) -> str:
        """The releases of the component, such as ``from 1.1.0 until 2.0.0``."""

    @property
    def peer(self) -> str:
        """The other component, if any."""

    @property
    def what(self) -> tuple[str, ...]:
        """The things that the client needs."""

    @property
    def form(self) -> str:
        """``old`` or ``new`` where a change gave a thing a new form."""

    @property
    def bound(self) -> object:
        """The release at which a horizon, or the list of releases, ends; or None."""

    @property
    def need(self) -> str:
        """``required`` or ``optional``."""

    @property
    def because(self) -> str:
        """The manifest's own words for it; may be empty."""

    @property
    def hits(self) -> str:
        """Who is affected; may be empty."""

    @property
    def symptom(self) -> str:
        """What a user of the broken pair sees; may be empty."""

    @property
    def see(self) -> tuple[str, ...]:
        """The sources."""

    @property
    def position(self) -> Position:
        """The file and the line on which the entry behind it stands; they are empty if there is none."""

    @property
    def needed(self) -> str:
        """What the client needs, in words; empty if it is not about that."""

    @property
    def offered(self) -> str:
        """When the server offers it, in words that end the sentence; empty if it is not about that."""

    @property
    def sentence(self) -> str:
        """The statement in one sentence."""


class Diagnostic(NamedTuple):
    """One thing that is reported, with the data behind its message.

    - What: ``id`` names its kind, ``severity`` says how bad it is, ``message``
      says it in one line, ``help`` says what to do, ``references`` name the rules
      behind it.
    - Where: ``path`` is the file, ``line`` the line in it (0: the whole file),
      ``part`` the part of it, such as a table and key or the member of an archive;
      ``package`` is the package that it is about.
    - The data: ``peer`` is the other package by its name, ``relations`` are the
      relations of the package that it is about, ``releases`` the releases spoken
      of, ``witness`` is a pair that shows it, ``reasons`` are the statements of
      the manifest behind it, and ``fix`` the lines to paste.
    """

    id: str
    severity: Severity
    message: str
    help: str = ""
    references: tuple[str, ...] = ()
    path: str = ""
    line: int = 0
    part: str = ""
    package: PackageRef | None = None
    peer: str = ""
    relations: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    witness: Witness | None = None
    reasons: tuple[Statement, ...] = ()
    fix: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where it is: the file and line, or the package."""
        if not self.path:
            return str(self.package) if self.package is not None else ""
        return f"{self.path}:{self.line}" if self.line else self.path

    @property
    def headline(self) -> str:
        """The severity, the id, what it is about and the message, in one line."""
        about = self.peer if self.package is None else str(self.package)
        parts = (str(self.severity), self.id, self.part, about)
        return ": ".join((*filter(None, parts), self.message))

    def __str__(self) -> str:
        where = f"{self.place}: " if self.path else ""
        tail = f"; {self.help}" if self.help else ""
        return f"{where}{self.headline}{tail}"


def worst(diagnostics: Iterable[Diagnostic]) -> Severity | None:
    """Return the highest severity among diagnostics, or None if there are none."""
    return max((one.severity for one in diagnostics), key=lambda one: one.rank, default=None)
