"""``pkgguard protocol``: show, compare and record protocols."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import click

from pkgguard.cli import common, described
from pkgguard.cli.manifest_edit import add, dry_option, edited_option, source_to_edit
from pkgguard.escape.line import plain
from pkgguard.report.answers import (
    ProtocolAnswer,
    ProtocolDifferenceAnswer,
    ProtocolEntriesAnswer,
    ProtocolVerificationAnswer,
    ProtocolWordsAnswer,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkgguard.protocol.differences import Difference
    from pkgguard.protocol.entries import Entry
    from pkgguard.protocol.model import Schema

    Parameters = ParamSpec("Parameters")

roots_option = click.option(
    "--proto-path",
    "-I",
    "roots",
    multiple=True,
    metavar="DIR",
    help="A folder that imports of .proto files are relative to. May be repeated.",
)
protocol_option = click.option(
    "--protocol",
    "protocol_name",
    default="",
    metavar="NAME",
    help="The protocol of the manifest (default: the only one).",
)


def within_protocol_budget(command: Callable[Parameters, int]) -> Callable[Parameters, int]:
    """Limit a command to the CPU time of comparing protocols."""

    @functools.wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> int:
        from pkgguard.protocol.limits import protocol_budget

        with protocol_budget():
            return command(*args, **kwargs)

    return run


@click.group(cls=described.Group, page="pkgguard-protocol")
def protocol() -> None:
    """Run ``pkgguard protocol``."""


@protocol.command("show", page="pkgguard-protocol-show")
@click.argument("source")
@roots_option
@common.format_option(ProtocolAnswer)
@common.quiet_option
@common.colour_option
@common.reporting_errors
@within_protocol_budget
def show(source: str, roots: tuple[str, ...], form: str, quiet: bool, color: str) -> int:
    """Run ``pkgguard protocol show``."""
    common.answer(ProtocolAnswer(_read(source, roots), source), form, colour=color, quiet=quiet)
    return common.CLEAN


@protocol.command("diff", page="pkgguard-protocol-diff")
@click.argument("old")
@click.argument("new")
@roots_option
@click.option("--all", "harmless", is_flag=True, help="List what only looks like a change, too.")
@click.option(
    "--release",
    default="",
    metavar="RELEASE",
    help="Print the entries of a manifest for this release of the server instead.",
)
@protocol_option
@common.manifest_option
@common.format_option(ProtocolDifferenceAnswer)
@click.option("--exit-zero", is_flag=True, help="Exit with code 0 even if there are changes.")
@common.quiet_option
@common.colour_option
@common.reporting_errors
@within_protocol_budget
def diff(
    old: str,
    new: str,
    roots: tuple[str, ...],
    harmless: bool,
    release: str,
    protocol_name: str,
    manifest_path: Path | None,
    form: str,
    exit_zero: bool,
    quiet: bool,
    color: str,
) -> int:
    """Run ``pkgguard protocol diff``."""
    from pkgguard.protocol.change_classes import Weight
    from pkgguard.protocol.differences import differences

    found = differences(_read(old, roots), _read(new, roots))
    if release:
        entries = _entries(found, release, protocol_name, manifest_path)
        common.answer(ProtocolEntriesAnswer(entries), form, colour=color, quiet=quiet)
    elif protocol_name or manifest_path is not None:
        raise click.UsageError("--protocol and --manifest go with --release")
    else:
        answer = ProtocolDifferenceAnswer(found, old, new, harmless)
        common.answer(answer, form, colour=color, quiet=quiet)
    changes = any(one.weight is not Weight.NONE for one in found)
    return common.FINDINGS if changes and not exit_zero else common.CLEAN


@protocol.command("record", page="pkgguard-protocol-record")
@click.argument("source")
@click.option("--release", required=True, metavar="RELEASE", help="The release of the server.")
@roots_option
@protocol_option
@edited_option
@dry_option
@common.quiet_option
@common.reporting_errors
@within_protocol_budget
def record(
    source: str,
    release: str,
    roots: tuple[str, ...],
    protocol_name: str,
    manifest_path: Path | None,
    dry_run: bool,
    quiet: bool,
) -> int:
    """Run ``pkgguard protocol record``."""
    from pkgguard.editing.changes import with_changes
    from pkgguard.protocol import recording
    from pkgguard.protocol.in_manifest import listed_release, protocol_named
    from pkgguard.protocol.record_text import Record, write_record
    from pkgguard.protocol.verification import unified
    from pkgguard.regular_files import replace_content

    manifest = source_to_edit(manifest_path)
    own = protocol_named(manifest.manifest, protocol_name)
    listed = listed_release(manifest.manifest, own, release)
    path = recording.record_path(manifest.path, own)
    known = recording.read_record(path, own) if os.path.lexists(path) else Record(own.name, source=str(path))
    new = recording.with_release(known, manifest.manifest, own, listed, _read(source, roots))
    before = path.read_text("utf-8") if os.path.lexists(path) else ""
    after = write_record(new)
    missing = recording.missing_changes(new, manifest.manifest, own, listed)
    insertions, wanted = with_changes(manifest, missing)
    if not quiet:
        for line in unified(str(path), before, after):
            click.echo(plain(line))
    add(manifest, insertions, wanted, dry_run=dry_run, quiet=quiet)
    if before != after and not dry_run:
        replace_content(path, after.encode())
    return common.CLEAN


@protocol.command("verify", page="pkgguard-protocol-verify")
@click.argument("source", required=False)
@click.option(
    "--release",
    default="",
    metavar="RELEASE",
    help="The release that the source is (default: the newest recorded one).",
)
@roots_option
@protocol_option
@common.manifest_option
@common.format_option(ProtocolVerificationAnswer)
@common.quiet_option
@common.colour_option
@common.reporting_errors
@within_protocol_budget
def verify(
    source: str | None,
    release: str,
    roots: tuple[str, ...],
    protocol_name: str,
    manifest_path: Path | None,
    form: str,
    quiet: bool,
    color: str,
) -> int:
    """Run ``pkgguard protocol verify``."""
    from pkgguard.protocol.in_manifest import protocol_named
    from pkgguard.protocol.verification import verified

    found = common.find(manifest_path)
    if source is None and not protocol_name:
        protocols = tuple(found.manifest.protocols.values())
    else:
        protocols = (protocol_named(found.manifest, protocol_name),)
    if source is None and release:
        raise click.UsageError("--release goes with a source")
    given = (source, _read(source, roots)) if source is not None else None
    result = verified(found.manifest, found.path, protocols, given, release)
    common.answer(ProtocolVerificationAnswer(result, found), form, colour=color, quiet=quiet)
    return common.FINDINGS if result.findings else common.CLEAN


@protocol.command("words", page="pkgguard-protocol-words")
@click.argument("old")
@click.argument("new")
@click.option(
    "--client",
    "clients",
    multiple=True,
    required=True,
    metavar="DIR",
    help="A folder of a client's sources, from the top of the project. May be repeated.",
)
@click.option(
    "--server",
    "servers",
    multiple=True,
    required=True,
    metavar="DIR",
    help="A folder of the server's sources. May be repeated.",
)
@click.option(
    "--noise",
    type=click.Path(path_type=Path),
    help="The list of words that were looked at (default: NAME.noise.toml beside the manifest).",
)
@protocol_option
@common.manifest_option
@common.format_option(ProtocolWordsAnswer)
@click.option("--exit-zero", is_flag=True, help="Exit with code 0 even if there are words.")
@common.quiet_option
@common.colour_option
@common.reporting_errors
def words(
    old: str,
    new: str,
    clients: tuple[str, ...],
    servers: tuple[str, ...],
    noise: Path | None,
    protocol_name: str,
    manifest_path: Path | None,
    form: str,
    exit_zero: bool,
    quiet: bool,
    color: str,
) -> int:
    """Run ``pkgguard protocol words``."""
    from pkgguard.protocol.limits import WORDS_SECONDS, protocol_budget
    from pkgguard.protocol.source_trees import opened_sources
    from pkgguard.protocol.words import changed_words

    known = _known_words(noise, protocol_name, manifest_path)
    with (
        protocol_budget(WORDS_SECONDS),
        opened_sources(old, os.environ) as before,
        opened_sources(new, os.environ) as after,
    ):
        rows = changed_words(before, after, clients, servers, known)
    common.answer(ProtocolWordsAnswer(tuple(rows), old, new), form, colour=color, quiet=quiet)
    return common.FINDINGS if rows and not exit_zero else common.CLEAN


def _known_words(noise: Path | None, protocol_name: str, manifest_path: Path | None) -> set[str]:
    """Return the words that a manifest names, and those in a list of noise."""
    from pkgguard.manifest.discover import chosen
    from pkgguard.protocol.in_manifest import protocol_named
    from pkgguard.protocol.recording import record_path
    from pkgguard.protocol.words import named_words, read_noise

    found = chosen(manifest_path, environ=os.environ)
    known: set[str] = set()
    if found is not None:
        own = protocol_named(found.manifest, protocol_name)
        known |= named_words(one for one in found.manifest.changes if one.protocol == own.name)
        beside = record_path(found.path, own).with_suffix(".noise.toml")
        noise = noise or (beside if os.path.lexists(beside) else None)
    elif protocol_name:
        raise click.UsageError("--protocol goes with a manifest")
    return known | (read_noise(noise) if noise is not None else set())


def _read(source: str, roots: tuple[str, ...]) -> Schema:
    from pkgguard.protocol.sources import read_source

    return read_source(source, os.environ, roots)


def _entries(
    found: tuple[Difference, ...], release: str, protocol_name: str, manifest_path: Path | None
) -> tuple[Entry, ...]:
    from pkgguard.protocol.entries import entries
    from pkgguard.protocol.in_manifest import listed_release, protocol_named

    manifest = common.find(manifest_path).manifest
    own = protocol_named(manifest, protocol_name)
    return entries(found, manifest, own, listed_release(manifest, own, release).text)
