"""Completions for arguments: names in the manifest, rules and package files.

Each function is a ``shell_complete`` of click. None of them raises: a shell cannot show
errors, so without a readable manifest there are no completions.
"""

from __future__ import annotations

import contextlib
import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from click.shell_completion import CompletionItem

from pkgguard.families.registry import names as families
from pkgguard.families.registry import summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import click

    from pkgguard.manifest.model import Component, Manifest
    from pkgguard.manifest.package_spec import PackageSpec

# Characters that no shell interprets, in a word that does not begin with a tilde.
_PLAIN_PATH: Final = r"(?!~)[A-Za-z0-9@%+._~/-]+"


def package_names(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the names of the manifest's packages, in the manifest and in the family."""
    family = context.params.get("family")
    offered: dict[str, str] = {}
    for manifest in manifests(context):
        for entry in manifest.packages.values():
            shipped = (one.name for name, one in entry.shipping.items() if family in (name, None))
            for name in (entry.name, *shipped):
                offered.setdefault(name, f"carries {', '.join(entry.carries)}")
    return [
        CompletionItem(name, help=description)
        for name, description in offered.items()
        if name.startswith(incomplete)
    ]


def rules_and_packages(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the rules, the packages of the manifest, and package files."""
    from pkgguard.check.registry import rules as every

    rules = [
        CompletionItem(name, help=rule.title) for name, rule in every().items() if name.startswith(incomplete)
    ]
    return rules + package_names_and_files(context, parameter, incomplete)


def rule_settings(
    groups: tuple[str, ...],
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Return a function that returns each combination of a rule of some groups and a level."""

    def offered(
        _context: click.Context, _parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from pkgguard.check.levels import ALL, LEVELS, ONE_BY_ONE, settable

        names = settable(groups) if ONE_BY_ONE.issuperset(groups) else (ALL, *settable(groups))
        settings = (f"{name}={level}" for name in names for level in LEVELS)
        return [CompletionItem(one) for one in settings if one.startswith(incomplete)]

    return offered


def releases_and_packages(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return components and packages that are not on the command line yet, with each release, and files.

    The releases of a package are written as its family does; a revision follows them.
    """
    given = {one.partition("=")[0] for one in context.params.get(parameter.name or "") or ()}
    found: dict[str, None] = {}
    for manifest in manifests(context, installed=False):
        for name, versions in _versions(manifest, context.params.get("family") or families()[0]):
            if name not in given and _can_continue(incomplete, f"{name}="):
                found.update(dict.fromkeys(f"{name}={version}" for version in versions()))
    offered = [CompletionItem(one) for one in found if one.startswith(incomplete)]
    return _with_files(offered, context, parameter, incomplete)


def components(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the components of the manifest."""
    names = dict.fromkeys(name for one in manifests(context, installed=False) for name in one.components)
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def protocols(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the protocols of the manifest, each with its components."""
    found = {
        name: f"{', '.join(protocol.clients)} calls {protocol.server}"
        for one in manifests(context, installed=False)
        for name, protocol in one.protocols.items()
    }
    return [CompletionItem(name, help=text) for name, text in found.items() if name.startswith(incomplete)]


def package_names_and_files(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the packages of the manifest, and package files."""
    return _with_files(package_names(context, parameter, incomplete), context, parameter, incomplete)


def _with_files(
    offered: list[CompletionItem], context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return candidates and package files; any file, only if the word is the beginning of a path."""
    files = package_files(context, parameter, incomplete)
    if "/" in incomplete and not offered:
        return files
    return offered + [one for one in files if one.type != "file"]


def _can_continue(incomplete: str, whole: str) -> bool:
    return whole.startswith(incomplete) or incomplete.startswith(whole)


def _versions(manifest: Manifest, family: str) -> Iterator[tuple[str, Callable[[], list[str]]]]:
    """Yield each component, and each package by its name in a family, with what returns its versions."""
    from pkgguard.compat.guard import known_releases
    from pkgguard.families.lookup import family as family_of

    write = family_of(family).releases.write

    def of_component(component: Component) -> list[str]:
        return [release.text for release in component.releases]

    def of_package(package: PackageSpec) -> list[str]:
        return [write(release) for release in known_releases(manifest, package)]

    for component in manifest.components.values():
        yield component.name, partial(of_component, component)
    for package in manifest.packages.values():
        if family in package.shipping:
            yield package.shipping[family].name, partial(of_package, package)


def package_files(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the package files that begin with ``incomplete``, or any file if there are none."""
    start = incomplete[: incomplete.rfind("/") + 1]
    begin = incomplete.removeprefix(start)
    endings = tuple(suffix for name in families() for suffix in summary(name).suffixes)
    try:
        with os.scandir(start or ".") as entries:
            names = sorted(
                one.name for one in entries if one.name.startswith(begin) and one.name.endswith(endings)
            )
    except (OSError, ValueError):
        names = []
    paths = [start + name for name in names if begin or not name.startswith(".")]
    if not paths or not all(re.fullmatch(_PLAIN_PATH, path) for path in paths):
        return [CompletionItem(incomplete, type="file")]
    return list(map(CompletionItem, paths))


def manifests(context: click.Context, *, installed: bool = True) -> tuple[Manifest, ...]:
    """Return the manifest in use; if none is named, the built-in and the installed ones.

    One that another one extends is left out. All of them together get the CPU time of one manifest.
    """
    from pkgguard.errors import PkgguardError
    from pkgguard.manifest import discover
    from pkgguard.manifest.catalog import installed_paths
    from pkgguard.manifest.limits import manifest_budget
    from pkgguard.manifest.read import read_manifest

    named = context.params.get("manifest_path")
    read: list[Manifest] = []
    # RuntimeError: ~ of a user that does not exist
    with contextlib.suppress(PkgguardError, OSError, RuntimeError), manifest_budget(""):
        found = discover.chosen(Path(named).expanduser() if named else None, environ=os.environ)
        if found is not None:
            return (found.manifest,)
        read += [one.manifest for one in reversed(discover.every_built_in())]
        for path in installed_paths() if installed else ():
            with contextlib.suppress(PkgguardError, OSError):
                read.append(read_manifest(path))
    extended = {file.identity for one in read for file in one.files[1:]}
    return tuple(one for one in read if one.files[0].identity not in extended)
