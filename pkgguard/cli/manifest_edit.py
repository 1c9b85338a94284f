"""``pkgguard manifest release`` and ``change``: add to a manifest."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pkgguard.cli import common, described
from pkgguard.errors import ManifestError
from pkgguard.escape.line import plain
from pkgguard.escape.shell import shell_word
from pkgguard.manifest.model import Kind, Need

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pkgguard.editing.judged import Unjudged
    from pkgguard.editing.text import Insertion, ManifestText
    from pkgguard.manifest.model import Manifest

edited_option = click.option(
    "--manifest",
    "manifest_path",
    cls=described.Option,
    variables=("PKGGUARD_MANIFEST",),
    files=("pkgguard.toml", "debian/pkgguard.toml"),
    type=click.Path(path_type=Path),
    help="The manifest to add to (default: PKGGUARD_MANIFEST, ./pkgguard.toml, debian/pkgguard.toml).",
)
dry_option = click.option("--dry-run", is_flag=True, help="Print what would be added, and write nothing.")


@click.command("release", cls=described.Command, page="pkgguard-manifest-release")
@click.argument("release")
@click.option(
    "--component",
    "components",
    multiple=True,
    metavar="NAME",
    help="A component that has the release. May be repeated (default: all, if they have the same releases).",
)
@edited_option
@dry_option
@common.quiet_option
@common.reporting_errors
@common.within_one_budget
def release(
    release: str, components: tuple[str, ...], manifest_path: Path | None, dry_run: bool, quiet: bool
) -> int:
    """Run ``pkgguard manifest release``."""
    from pkgguard.editing.judged import unjudged
    from pkgguard.editing.releases import with_release

    source = source_to_edit(manifest_path)
    chosen = _components(source.manifest, components, release)
    insertions, wanted = with_release(source, chosen, release)
    if not insertions:
        common.say(f"{source.path} lists {release} already")
    new = add(source, insertions, wanted, dry_run=dry_run, quiet=quiet)
    left = list(unjudged(new.manifest, chosen, release))
    if left and not quiet:
        for line in _to_judge(new, left, release):
            click.echo(plain(line))
    return common.CLEAN


@click.command("change", cls=described.Command, page="pkgguard-manifest-change")
@click.option("--protocol", metavar="NAME", help="The protocol (default: the only one).")
@click.option("--kind", required=True, type=click.Choice([one.value for one in Kind]), help="What happened.")
@click.option(
    "--what", "what", required=True, multiple=True, metavar="THING", help="What changed. May be repeated."
)
@click.option(
    "--server",
    "server",
    multiple=True,
    metavar="RELEASE",
    help="The first server release with the change. Repeat it for each branch that has it too.",
)
@click.option(
    "--client",
    "client",
    multiple=True,
    metavar="[NAME=]RELEASE",
    help="The first client release with the change, with the name of the client if there are several."
    " May be repeated.",
)
@click.option(
    "--need", type=click.Choice([one.value for one in Need]), help="Whether a client fails without it."
)
@click.option(
    "--old-until", metavar="RELEASE", help="The server release until which the old form is accepted."
)
@click.option("--id", metavar="NAME", help="A name by which another manifest can replace the change.")
@click.option(
    "--replaces", metavar="CHANGE", help="The change of the extended manifest that this one replaces."
)
@click.option("--because", metavar="TEXT", help="The reason.")
@click.option("--hits", metavar="TEXT", help="Who is affected.")
@click.option("--symptom", metavar="TEXT", help="The error that users see.")
@click.option("--see", "see", multiple=True, metavar="SOURCE", help="A source. May be repeated.")
@edited_option
@dry_option
@common.quiet_option
@common.reporting_errors
@common.within_one_budget
def change(
    protocol: str | None,
    what: tuple[str, ...],
    server: tuple[str, ...],
    client: tuple[str, ...],
    see: tuple[str, ...],
    manifest_path: Path | None,
    dry_run: bool,
    quiet: bool,
    **given: str | None,
) -> int:
    """Run ``pkgguard manifest change``."""
    from pkgguard.editing.changes import with_change

    source = source_to_edit(manifest_path)
    table: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    table["protocol"] = protocol if protocol is not None else _only_protocol(source.manifest)
    table["what"], table["see"] = list(what), list(see)
    table["server"], table["client"] = _one_or_many(server), _clients(client)
    insertions, wanted = with_change(source, table)
    if not insertions:
        common.say(f"{source.path} has this change already")
    add(source, insertions, wanted, dry_run=dry_run, quiet=quiet)
    return common.CLEAN


def source_to_edit(named: Path | None) -> ManifestText:
    """Read the manifest to add to; an installed or built-in one is not changed."""
    from pkgguard.editing.text import read
    from pkgguard.manifest.discover import LOCAL, VARIABLE

    variable = os.environ.get(VARIABLE)
    path = named or (Path(variable) if variable else None)
    path = path or next((Path(one) for one in LOCAL if os.path.lexists(one)), None)
    if path is None:
        raise common.Misused(
            f"there is no {' or '.join(LOCAL)} here; name the manifest with --manifest, or write one with"
            " 'pkgguard init'"
        )
    return read(path)


def _components(manifest: Manifest, named: Sequence[str], text: str) -> tuple[str, ...]:
    from pkgguard.editing.releases import groups
    from pkgguard.errors import UnknownNameError
    from pkgguard.manifest.typed_table import nearest

    for name in named:
        if name not in manifest.components:
            known = tuple(manifest.components)
            raise UnknownNameError("component", name, known, nearest(name, known))
    if named:
        return tuple(dict.fromkeys(named))
    found = groups(manifest)
    if len(found) > 1:
        lists = "; ".join(" and ".join(names) for names in found[:12])
        raise common.Misused(
            f"the components have different releases ({lists}); name those that have {text} with --component"
        )
    return found[0]


def add(
    source: ManifestText,
    insertions: Sequence[Insertion],
    wanted: dict[str, Any],
    *,
    dry_run: bool,
    quiet: bool,
) -> ManifestText:
    """Add to a manifest, and print the difference; a result with mistakes is refused."""
    from pkgguard.editing.text import difference, edited, write

    if not insertions:
        return source
    try:
        new = edited(source, insertions, wanted)
    except ManifestError as error:
        raise common.Misused(f"nothing was added, since the result is not valid: {error}") from error
    if not quiet:
        for line in difference(source, insertions):
            click.echo(plain(line))
    if not dry_run:
        write(new)
    return new


def _only_protocol(manifest: Manifest) -> str:
    if len(manifest.protocols) > 1:
        raise click.UsageError(f"name one of the protocols with --protocol: {', '.join(manifest.protocols)}")
    return next(iter(manifest.protocols))


def _one_or_many(releases: Sequence[str]) -> str | list[str]:
    return releases[0] if len(releases) == 1 else list(releases)


def _clients(given: Iterable[str]) -> Any:
    """Return the value of ``client``: releases, or a table of them by the name of the client."""
    named: dict[str, list[str]] = {}
    for one in given:
        name, equals, text = one.rpartition("=")
        named.setdefault(name if equals else "", []).append(text)
    if "" in named and len(named) > 1:
        raise click.BadParameter("write NAME=RELEASE for each of several clients", param_hint="--client")
    if not named:
        return None
    values = {name: _one_or_many(texts) for name, texts in named.items()}
    return values.get("", values)


def _to_judge(new: ManifestText, left: Sequence[Unjudged], text: str) -> Iterable[str]:
    """Yield what has not been judged yet for a release, and how to record what was found."""
    before = next((one.before for one in left if one.before is not None), None)
    counts = f"; until then it counts as {before}" if before is not None else ""
    by_protocol: dict[str, list[Unjudged]] = {}
    for one in left:
        by_protocol.setdefault(one.protocol, []).append(one)
    yield ""
    yield f"not judged yet for {text}{counts}:"
    for protocol, sides in by_protocol.items():
        names = ", ".join(f"{one.component} ({'server' if one.is_server else 'client'})" for one in sides)
        yield f"  {protocol} protocol: {names}"
    since = f" since {before}" if before is not None else ""
    yield f"Look at what changed upstream{since}, and record each change, or that nothing changed:"
    for protocol, sides in by_protocol.items():
        words = ["pkgguard", "manifest", "change", "--manifest", new.path, "--protocol", protocol]
        words += ["--kind", "compatible", "--what", f"everything in {text}"]
        several = len(new.manifest.protocols[protocol].clients) > 1
        for one in sides:
            client = f"{one.component}={text}" if several else text
            words += ["--server", text] if one.is_server else ["--client", client]
        yield "  " + " ".join(map(shell_word, words))
