"""The debputy plugin ``pkgguard``: the relations of each package that debputy builds, as substvars.

debputy(1) loads it for a source package that build-depends on
``debputy-plugin-pkgguard``; the descriptor is in
``debian/dh-pkgguard.debputy-plugins/``. The plugin does not import debputy. The
protocols below describe the part of its interface that is used (api-compat-version 1).
It was tested with debputy 0.1.67 and 0.1.98.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from pkgguard.diagnostics import Severity, worst
from pkgguard.errors import PkgguardError
from pkgguard.escape.control import substvar_value
from pkgguard.escape.line import plain
from pkgguard.integrations.debian import choose_for_source, guard_source, misuses
from pkgguard.integrations.source import read_source
from pkgguard.integrations.substvar_uses import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pkgguard.integrations.debian import GuardedPackage
    from pkgguard.manifest.discover import Found

    Detector = Callable[[object, "ControlAccessor", "Context"], None]

DETECTOR: Final = "relations"
"""The name of the plugin's detector in debputy's messages."""


class Substvars(Protocol):
    """The substvars of a binary package; debputy's are :class:`debian.substvars.Substvars`."""

    def __setitem__(self, name: str, value: str, /) -> None:
        """Define a substvar, replacing an earlier definition."""


class ControlAccessor(Protocol):
    """The control files of a binary package, which a plugin may change."""

    @property
    def substvars(self) -> Substvars:
        """Its substvars."""


class BinaryPackage(Protocol):
    """A binary package of debian/control."""

    @property
    def name(self) -> str:
        """The name of the package."""


class Context(Protocol):
    """The binary package that is being built."""

    @property
    def binary_package(self) -> BinaryPackage:
        """The stanza of debian/control."""

    @property
    def binary_package_version(self) -> str:
        """Its version, even if it differs from the one in debian/changelog."""


class PluginInitializer(Protocol):
    """The interface through which a plugin registers."""

    def metadata_or_maintscript_detector(self, name: str, detector: Detector, /) -> None:
        """Register a function to be called for each binary package, before its control file is written."""


def initialize(api: PluginInitializer) -> None:
    """Register the plugin; the descriptor names this function."""
    api.metadata_or_maintscript_detector(DETECTOR, define_substvars)


def define_substvars(_content: object, control: ControlAccessor, context: Context) -> None:
    """Define all five substvars of a binary package, even if they are empty.

    debputy runs in the folder that contains debian/. Raises :class:`SystemExit`
    with a message if the manifest or the source package has a mistake. debputy
    then exits with code 1 and without a stack trace, as for its own plugins.
    """
    name = context.binary_package.name
    try:
        read = read_source(Path(), {name: context.binary_package_version})
        source = replace(read, merges_substvars=True)
        choice = choose_for_source(source, None)
        (guarded,) = guard_source(source, choice, (name,))
    except PkgguardError as error:
        raise SystemExit(_message(f"error: {error}")) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise SystemExit(_message(f"error: {where}{error.strerror or error}")) from error
    for field in FIELDS:
        control.substvars[f"pkgguard:{field}"] = substvar_value(guarded.text(field))
    losses = guarded.generated.losses if guarded.generated is not None else ()
    found = (*losses, *next(misuses(source, (guarded,), {})))
    if worst(found) is Severity.ERROR:
        shown = "\n".join(str(one) for one in found if one.severity is Severity.ERROR)
        raise SystemExit(_message(shown))
    for line in _said(guarded, guarded.found or choice.default):
        print(_message(line), file=sys.stderr)


def _said(guarded: GuardedPackage, found: Found) -> Iterator[str]:
    name = guarded.binary.name
    manifest = f"the manifest {found.path} ({found.origin}), project {found.manifest.project}"
    if guarded.generated is None:
        yield f"{name}: no relations; it is not in {manifest}"
        return
    yield f"{name} {guarded.generated.identity.version}: relations by {manifest}"
    yield from (f"{name}: {loss.headline}" for loss in guarded.generated.losses)


def _message(text: str) -> str:
    return "pkgguard: " + "\n".join(plain(line) for line in text.splitlines())
