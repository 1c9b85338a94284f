"""The typed errors of pkgguard; every one says what is wrong, where, and what to do.

An exception carries data, not a finished sentence, so that a command, a report
and a caller of the API can each say it in their own way; ``str()`` gives the
sentence that a terminal shows.
"""

from __future__ import annotations

from typing import Final, NamedTuple, Self

from pkgguard.escape.line import plain


def _located(path: str, place: str, reason: str, help: str) -> str:
    where = f"{path}: {place}" if place else path
    tail = f"; {help}" if help else ""
    return plain(f"{where}: {reason}{tail}")


class PkgguardError(Exception):
    """The root of every error that pkgguard raises on purpose."""

    def detached(self) -> Self:
        """Return the error itself, to be kept, without the frames that it was raised in.

        They hold whatever was read before the error, for as long as it is kept.
        """
        self.__traceback__ = self.__cause__ = self.__context__ = None
        return self


class VersionError(PkgguardError):
    """A text is not a version in the given order.

    ``version`` is the offending text, ``order`` names the order (``deb``,
    ``rpm``, ``semver``), ``reason`` says which rule it breaks.
    """

    def __init__(self, version: str, order: str, reason: str) -> None:
        super().__init__(version, order, reason)
        self.version = version
        self.order = order
        self.reason = reason

    def __str__(self) -> str:
        shown = self.version if len(self.version) <= 80 else f"{self.version[:77]}..."
        return f"{shown!r} is not a valid {self.order} version: {self.reason}"


class RelationError(PkgguardError):
    """The text of a relation cannot be read by the family's own rules.

    ``field`` is the relation field, ``text`` the offending part, ``reason`` the
    rule that it breaks, ``help`` what to write instead (may be empty).
    """

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
        """Return why ``whole`` cannot be read; names the offending part where that is not all of it."""
        part = "" if self.text == whole else f"{self.text!r}: "
        tail = f"; {self.help}" if self.help else ""
        return f"{part}{self.reason}{tail}"


class PackageError(PkgguardError):
    """A package file could not be read, and so is not judged.

    ``path`` is the file, ``place`` the part of it (an ar member, a header tag,
    a control field; may be empty), ``reason`` what is wrong with it, ``help``
    what to do.
    """

    def __init__(self, path: str, place: str, reason: str, help: str = "") -> None:
        super().__init__(path, place, reason, help)
        self.path = path
        self.place = place
        self.reason = reason
        self.help = help

    def __str__(self) -> str:
        return _located(self.path, self.place, self.reason, self.help)


TO_JUDGE: Final = "to judge"
"""What :func:`over_budget` is told of a package that was read."""


def over_budget(path: str, what: str, limit: Exception) -> PackageError:
    """Return the error for a file given up for its CPU time.

    ``what`` is what was done (``to read``), ``limit`` what ended it.
    """
    reason = f"{what}, {limit}, which no real package does"
    help = "look into the package by hand, and do not trust it"
    if what == TO_JUDGE:
        help += "; a manifest of tens of thousands of releases may be split"
    return PackageError(path, "", reason, help)


class ReaderMissingError(PackageError):
    """No library that reads packages of this kind can be loaded; ``help`` says what to install."""


class UnknownReleaseError(PkgguardError):
    """A package version stands for no release that the manifest lists.

    ``package`` and ``version`` name it, ``component`` is the component whose
    releases were searched, ``nearest`` the known releases closest to it.
    """

    def __init__(
        self, package: str, version: str, component: str, nearest: tuple[str, ...], why: str
    ) -> None:
        super().__init__(package, version, component, nearest, why)
        self.package = package
        self.version = version
        self.component = component
        self.nearest = nearest
        self.why = why

    def __str__(self) -> str:
        near = f"; nearest known: {', '.join(self.nearest)}" if self.nearest else ""
        shown = self.version if len(self.version) <= 80 else f"{self.version[:77]}..."
        return plain(f"{self.package} {shown}: {self.why[:300]}{near}")


class WrongEpochError(PkgguardError):
    """A package's version has another epoch than the manifest gives the package.

    ``package`` and ``version`` name it, ``family`` is its family, ``entry`` the
    package's name in the manifest. ``given`` and ``wanted`` are the two epochs,
    each empty for none.
    """

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
            f"its epoch is {self.given or 'none'}, and the manifest gives it {self.wanted or 'none'};"
            " an epoch is compared before all else, so bounds with the other one speak of other versions"
        )

    @property
    def help(self) -> str:
        """What to do."""
        return (
            f"set {self.family} = {{ epoch = {self.given or 0} }} in [package.{self.entry}] of the manifest,"
            f" or build the package with epoch {self.wanted or 'none'}"
        )

    def __str__(self) -> str:
        shown = self.version if len(self.version) <= 80 else f"{self.version[:77]}..."
        return f"{self.package} {shown}: {self.reason}; {self.help}"


class UnknownNameError(PkgguardError):
    """A package, component, rule or family was named that does not exist.

    ``kind`` says what was looked for, ``name`` what was given, ``known`` the
    valid names and ``nearest`` the closest of them (may be empty).
    """

    def __init__(self, kind: str, name: str, known: tuple[str, ...], nearest: str = "") -> None:
        super().__init__(kind, name, known, nearest)
        self.kind = kind
        self.name = name
        self.known = known
        self.nearest = nearest

    def __str__(self) -> str:
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        known = f" (known: {', '.join(self.known)})" if self.known else ""
        return f"no {self.kind} is called {self.name!r}{hint}{known}"


class Mistake(NamedTuple):
    """One thing wrong with a manifest: where it stands, what it is, what to do."""

    table: str
    key: str
    line: int
    reason: str
    help: str = ""

    def __str__(self) -> str:
        place = f"[{self.table}]" if self.table else "top level"
        if self.key:
            place += f" {self.key}"
        tail = f"; {self.help}" if self.help else ""
        return plain(f"line {self.line}: {place}: {self.reason}{tail}")


class AmbiguousManifestError(PkgguardError):
    """Several installed manifests speak of the same packages, and none was named.

    ``packages`` are the names that were looked for, ``paths`` the manifests.
    """

    def __init__(self, packages: tuple[str, ...], paths: tuple[str, ...]) -> None:
        super().__init__(packages, paths)
        self.packages = packages
        self.paths = paths

    def __str__(self) -> str:
        names = ", ".join(self.packages[:5]) + (" …" if len(self.packages) > 5 else "")
        help = "name one with --manifest or PKGGUARD_MANIFEST"
        return plain(f"{' and '.join(self.paths)} all speak of {names}; {help}")


class MissingManifestError(PkgguardError):
    """A manifest was asked for that does not exist.

    ``path`` is the file, ``origin`` says who asked for it, ``reason`` what is
    wrong, ``help`` what to do.
    """

    def __init__(self, path: str, origin: str) -> None:
        super().__init__(path, origin)
        self.path = path
        self.origin = origin
        self.reason = f"there is no such manifest ({origin})"
        self.help = f"name a manifest that is there, or write one with 'pkgguard init {path}'"

    def __str__(self) -> str:
        return _located(self.path, "", self.reason, self.help)


class SourceError(PkgguardError):
    """The source of a package cannot be used as it is.

    ``path`` is the file or folder, ``place`` the part of it (a line, a package;
    may be empty), ``reason`` what is wrong with it, ``help`` what to do.
    """

    def __init__(self, path: str, place: str, reason: str, help: str = "") -> None:
        super().__init__(path, place, reason, help)
        self.path = path
        self.place = place
        self.reason = reason
        self.help = help

    def __str__(self) -> str:
        return _located(self.path, self.place, self.reason, self.help)


class LongAnswerError(PkgguardError):
    """What a manifest has to say is longer than an answer may be; ``most`` is the limit in bytes."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most

    def __str__(self) -> str:
        return (
            f"the answer has more than {self.most} bytes; split the manifest by protocol,"
            " or leave out old releases and changes"
        )


class ManifestError(PkgguardError):
    """A manifest is refused; ``mistakes`` lists everything that is wrong with it."""

    def __init__(self, path: str, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(path, mistakes)
        self.path = path
        self.mistakes = mistakes

    def __str__(self) -> str:
        count = len(self.mistakes)
        head = plain(f"{self.path}: {count} mistake{'s' if count != 1 else ''} in the manifest")
        return "\n".join([head, *(f"  {mistake}" for mistake in self.mistakes)])


class ManifestLimitError(ManifestError):
    """A manifest goes past a bound on its size or on the time it takes, and so is not judged.

    ``mistakes`` holds one mistake, which names the bound; its line is 0 where the
    whole manifest is meant.
    """

    def __init__(self, path: str, mistake: Mistake) -> None:
        super().__init__(path, (mistake,))
        self.args = (path, mistake)
        self.reason = mistake.reason
        self.help = mistake.help

    def __str__(self) -> str:
        (mistake,) = self.mistakes
        place = f"line {mistake.line}" if mistake.line else ""
        return _located(self.path, place, self.reason, self.help)
