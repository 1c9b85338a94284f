"""Packages as a command line names them: ``NAME=VERSION``, or a package file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from click.core import ParameterSource

from pkgguard.families.registry import names, summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkgguard.diagnostics import PackageRef

SUFFIXES: Final = tuple(suffix for name in names() for suffix in summary(name).suffixes)
"""The endings by which an argument is a package file."""


def is_file(argument: str) -> bool:
    """Return whether an argument is a package file, by its ending."""
    return argument.endswith(SUFFIXES)


def divided(argument: str, example: str) -> tuple[str, str]:
    """Return the name and the version of ``NAME=VERSION``; ``example`` is one for the error."""
    name, equals, version = argument.partition("=")
    if not (name and equals and version):
        endings = " or ".join(SUFFIXES)
        raise click.UsageError(
            f"{argument!r} is neither {example} nor a package file, whose name ends in {endings}"
        )
    return name, version


def from_files(paths: Sequence[str]) -> list[PackageRef]:
    """Read package files; raise :class:`click.UsageError` if they are of several families."""
    from pkgguard import api

    packages = [api.read_package(path) for path in paths]
    for path, package in zip(paths, packages, strict=True):
        if package.family != packages[0].family:
            raise click.UsageError(
                f"{paths[0]} is a package of {packages[0].family} and {path} one of {package.family};"
                " packages of different families are never installed together"
            )
    return [package.ref for package in packages]


def family_of(files: Sequence[PackageRef], family: str) -> str:
    """Return the family that names are looked up in: that of the files, or else the option's."""
    if not files:
        return family
    asked = click.get_current_context().get_parameter_source("family")
    if asked is not ParameterSource.DEFAULT and family != files[0].family:
        raise click.BadParameter(
            f"the files are packages of {files[0].family}, not of {family}", param_hint="--family"
        )
    return files[0].family


def one(argument: str, version: str | None, family: str) -> tuple[str, str, str | None]:
    """Return the family, the name and the version of the package that a command asks about.

    The argument is a name, which the version follows if there is one, ``NAME=VERSION``,
    or a package file.
    """
    if not is_file(argument) and "=" not in argument:
        return family, argument, version
    if version is not None:
        raise click.UsageError(f"{argument} has its version already; leave out {version}")
    if is_file(argument):
        (ref,) = from_files((argument,))
        return family_of((ref,), family), ref.name, ref.version
    return family, *divided(argument, "NAME=VERSION, such as kata-runtime=1.1.0-1,")
