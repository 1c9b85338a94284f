"""The typed errors of pkgguard; each states what is wrong, where, and what to do.

An exception carries data, not a finished sentence, so that commands, reports and
users of the API can format it; ``str()`` returns the sentence that a terminal shows.
"""

from __future__ import annotations

from typing import ClassVar, Final, Self

from pkgguard.diagnostics import Diagnostic, PackageRef, Severity
from pkgguard.escape.line import plain

_LISTED: Final = 12
"""The most valid names that an error lists."""


def _located(path: str, place: str, reason: str, help: str) -> str:
    where = f"{path}: {place}" if place else path
    tail = f"; {help}" if help else ""
    return plain(f"{where}: {reason}{tail}")


class PkgguardError(Exception):
    """The base class of every error that pkgguard raises on purpose.

    ``id`` is the id of its diagnostics.
    """

    id: ClassVar[str] = "not-completed"

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The error as diagnostics: one, or each mistake in a manifest."""
        return (Diagnostic(self.id, Severity.ERROR, str(self)),)

    def detached(self) -> Self:
        """Remove the traceback and return the error.

        A stored traceback would keep everything that was read before the error in memory.
        """
        self.__traceback__ = self.__cause__ = self.__context__ = None
        return self


class VersionError(PkgguardError):
    """A text is not a valid version.

    ``version`` is the text, ``order`` the version order (``deb``, ``rpm``,
    ``semver``), ``reason`` the rule that it breaks.
    """

    id: ClassVar[str] = "invalid-version"

    def __init__(self, version: str, order: str, reason: str) -> None:
        super().__init__(version, order, reason)
        self.version = version
        self.order = order
        self.reason = reason

    def __str__(self) -> str:
        shown = self.version if len(self.version) <= 80 else f"{self.version[:77]}..."
        return f"{shown!r} is not a valid {self.order} version: {self.reason}"


class RelationError(PkgguardError):
    """The text of a relation is not valid in its family.

    ``field`` is the relation field, ``text`` the invalid part, ``reason`` the
    rule that it breaks, ``help`` what to write instead (may be empty).
    """

    id: ClassVar[str] = "invalid-relation"

    def __init__(self, field: str, text: str, reason: str, help: str = "") -> None:
        super().__init__(field, text, reason, help)
        self.field = field
        self.text = text
        self.reason = reason
        self.help = help

    def __str__(self) -> str:
        tail = f"; {self.help}" if self.help else ""
        return f"{self.field}: {self.text!r}: {self.reason}{tail}"

    def within(self, whole: str) -> str:
        """Return why ``whole`` is invalid, naming the invalid part if that is not all of it."""
        part = "" if self.text == whole else f"{self.text!r}: "
        tail = f"; {self.help}" if self.help else ""
        return f"{part}{self.reason}{tail}"


class LocatedError(PkgguardError):
    """Something is wrong with a file.

    ``path`` is the file, ``place`` the part of it (an ar member, a header tag, a
    control field, a line; may be empty), ``reason`` what is wrong with it, ``help``
    what to do.
    """

    def __init__(self, path: str, place: str, reason: str, help: str = "") -> None:
        super().__init__(path, place, reason, help)
        self.path = path
        self.place = place
        self.reason = reason
        self.help = help

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The error as a diagnostic."""
        return (Diagnostic(self.id, Severity.ERROR, self.reason, self.help, path=self.path, part=self.place),)

    def __str__(self) -> str:
        return _located(self.path, self.place, self.reason, self.help)


class PackageError(LocatedError):
    """A package file could not be read, and so is not judged."""

    id: ClassVar[str] = "unreadable-package"


class NotJudgedError(PackageError):
    """A package that was read is not judged, since which manifest judges it is not known."""

    id: ClassVar[str] = "package-not-judged"


class CostlyPackageError(PackageError):
    """A package takes more CPU time, or more memory, than it may."""

    id: ClassVar[str] = "package-too-large"


JUDGING: Final = "judging"
"""The activity to pass to :func:`over_budget` for a package that was read."""


def over_budget(path: str, activity: str, limit: Exception) -> PackageError:
    """Return the error for a file that exceeded its budget of CPU time.

    ``activity`` is what was being done (``reading``), ``limit`` the error that ended it.
    """
    reason = f"{activity} {limit}; no real package takes that long"
    help = "inspect the package by hand, and do not trust it"
    if activity == JUDGING:
        help += "; a manifest with tens of thousands of releases can be split"
    return CostlyPackageError(path, "", reason, help)


class ReaderMissingError(PackageError):
    """No library that reads packages of this family can be loaded; ``help`` names what to install."""

    id: ClassVar[str] = "reader-missing"


class UnknownReleaseError(PkgguardError):
    """A package version does not belong to any release in the manifest.

    ``package`` and ``version`` identify it, ``component`` is the component whose
    releases were searched, ``nearest`` are the closest known releases.
    """

    id: ClassVar[str] = "version-not-listed"

    def __init__(
        self, package: str, version: str, component: str, nearest: tuple[str, ...], why: str
    ) -> None:
        super().__init__(package, version, component, nearest, why)
        self.package = package
        self.version = version
        self.component = component
        self.nearest = nearest
        self.why = why

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The error as a diagnostic, with the nearest releases."""
        message = f"{self.package} {self.version}: {self.why}"
        return (Diagnostic(self.id, Severity.ERROR, message, releases=self.nearest),)

    def __str__(self) -> str:
        near = f"; nearest known: {', '.join(self.nearest)}" if self.nearest else ""
        shown = self.version if len(self.version) <= 80 else f"{self.version[:77]}..."
        return plain(f"{self.package} {shown}: {self.why[:300]}{near}")


class WrongEpochError(PkgguardError):
    """A package version has a different epoch than the manifest specifies.

    ``package`` and ``version`` identify it, ``family`` is its family, ``entry`` the
    package's name in the manifest. ``given`` and ``wanted`` are the two epochs,
    each empty for none.
    """

    id: ClassVar[str] = "epoch-differs"

    def __init__(self, package: str, version: str, family: str, entry: str, given: str, wanted: str) -> None:
        super().__init__(package, version, family, entry, given, wanted)
        self.package = package
        self.version = version
        self.family = family
        self.entry = entry
        self.given = given
        self.wanted = wanted

    @property
    def reason(self) -> str:
        """What is wrong."""
        return (
            f"its epoch is {self.given or 'none'}, but {self.wanted or 'none'} in the manifest;"
            " epochs are compared first, so bounds with the manifest's epoch do not separate its versions"
        )

    @property
    def help(self) -> str:
        """What to do."""
        return (
            f"set {self.family} = {{ epoch = {self.given or 0} }} in [package.{self.entry}] of the manifest,"
            f" or build the package with {f'epoch {self.wanted}' if self.wanted else 'no epoch'}"
        )

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The error as a diagnostic."""
        package = PackageRef(self.family, self.package, self.version, "")
        return (Diagnostic(self.id, Severity.ERROR, self.reason, self.help, package=package),)

    def __str__(self) -> str:
        shown = self.version if len(self.version) <= 80 else f"{self.version[:77]}..."
        return f"{self.package} {shown}: {self.reason}; {self.help}"


class UnknownNameError(PkgguardError):
    """A name of a package, component, rule or family does not exist.

    ``kind`` is what was looked for, ``name`` what was given, ``known`` the
    valid names, ``nearest`` the closest of them and ``help`` what to do (both may be
    empty).
    """

    id: ClassVar[str] = "unknown-name"

    def __init__(
        self, kind: str, name: str, known: tuple[str, ...], nearest: str = "", help: str = ""
    ) -> None:
        super().__init__(kind, name, known, nearest, help)
        self.kind = kind
        self.name = name
        self.known = known
        self.nearest = nearest
        self.help = help

    def __str__(self) -> str:
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        help = f"; {self.help}" if self.help else ""
        return plain(f"no {self.kind} is called {self.name!r}{hint}{help}{self._listing()}")

    def _listing(self) -> str:
        """Return the valid names; if they are many, the first few, or none beside the nearest or a help."""
        if not self.known or ((self.nearest or self.help) and len(self.known) > _LISTED):
            return ""
        more = len(self.known) - _LISTED
        tail = f" and {more} more" if more > 0 else ""
        return f" (known: {', '.join(self.known[:_LISTED])}{tail})"


class AmbiguousManifestError(PkgguardError):
    """Several installed manifests list the same packages, and none of them was selected.

    ``packages`` are the names that were looked for, ``paths`` the manifests.
    """

    id: ClassVar[str] = "several-manifests"

    def __init__(self, packages: tuple[str, ...], paths: tuple[str, ...]) -> None:
        super().__init__(packages, paths)
        self.packages = packages
        self.paths = paths

    def __str__(self) -> str:
        names = ", ".join(self.packages[:5]) + (" …" if len(self.packages) > 5 else "")
        help = "name one with --manifest or PKGGUARD_MANIFEST"
        return plain(f"several manifests list {names}: {', '.join(self.paths)}; {help}")


class MissingManifestError(LocatedError):
    """A requested manifest does not exist; ``origin`` says where its name came from."""

    id: ClassVar[str] = "manifest-missing"

    def __init__(self, path: str, origin: str) -> None:
        reason = f"the manifest does not exist ({origin})"
        help = f"name an existing manifest, or write one with 'pkgguard init {path}'"
        super().__init__(path, "", reason, help)
        self.args = (path, origin)
        self.origin = origin


class SourceError(LocatedError):
    """The source of a package cannot be used as it is.

    ``path`` is the file or folder, ``place`` a line of it or a package.
    """

    id: ClassVar[str] = "unusable-source"


class EditError(LocatedError):
    """The text of a manifest is written in a way that no command can add to; ``place`` is a table."""

    id: ClassVar[str] = "manifest-not-editable"


class ProtocolError(LocatedError):
    """The description of a protocol cannot be read; ``path`` is its source, ``place`` a part of it."""

    id: ClassVar[str] = "unreadable-protocol"


class ProtocolToolError(ProtocolError):
    """What reads descriptions of protocols is missing; ``help`` names what to install."""

    id: ClassVar[str] = "protocol-reader-missing"


class BaselineError(LocatedError):
    """A file is not a baseline of findings; ``place`` is empty or a line of it."""

    id: ClassVar[str] = "invalid-baseline"


class LongAnswerError(PkgguardError):
    """The answer from a manifest is too long; ``most`` is the limit in bytes."""

    id: ClassVar[str] = "answer-too-long"

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most

    def __str__(self) -> str:
        return (
            f"the answer has more than {self.most} bytes; split the manifest by protocol,"
            " or leave out old releases and changes"
        )


class ManifestError(PkgguardError):
    """A manifest is not valid; ``mistakes`` lists everything that is wrong with it.

    A mistake may be in a manifest that it extends.
    """

    id: ClassVar[str] = "invalid-manifest"

    def __init__(self, path: str, mistakes: tuple[Diagnostic, ...]) -> None:
        super().__init__(path, mistakes)
        self.path = path
        self.mistakes = tuple(one if one.path else one._replace(path=path) for one in mistakes)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The mistakes."""
        return self.mistakes

    def __str__(self) -> str:
        count = len(self.mistakes)
        head = plain(f"{self.path}: {count} mistake{'s' if count != 1 else ''} in the manifest")
        return "\n".join([head, *(f"  {in_manifest(one, self.path)}" for one in self.mistakes)])


def in_manifest(mistake: Diagnostic, path: str) -> str:
    """Return a mistake in a manifest as one line, without the file's name if it is ``path``."""
    file = f"{mistake.path}: " if mistake.path != path else ""
    tail = f"; {mistake.help}" if mistake.help else ""
    return plain(f"{file}line {mistake.line}: {mistake.part}: {mistake.message}{tail} [{mistake.id}]")


class ManifestLimitError(ManifestError):
    """A manifest exceeds a limit on its size or its CPU time, so it is not used.

    ``mistakes`` has one entry, which names the limit; its line is 0 if the limit
    concerns the whole manifest.
    """

    id: ClassVar[str] = "manifest-too-large"

    def __init__(self, path: str, mistake: Diagnostic) -> None:
        super().__init__(path, (mistake,))
        self.args = (path, mistake)
        self.reason = mistake.message
        self.help = mistake.help

    def __str__(self) -> str:
        (mistake,) = self.mistakes
        place = f"line {mistake.line}" if mistake.line else ""
        return _located(self.path, place, self.reason, self.help)
