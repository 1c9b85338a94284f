"""Manual pages, made from the help of the commands: ``python3 -m pkgguard.cli.manual FOLDER``."""

from __future__ import annotations

import functools
import inspect
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import pkgguard
from pkgguard.cli import common
from pkgguard.cli.main import cli
from pkgguard.cli.process import run
from pkgguard.data import tables_of
from pkgguard.report import roff
from pkgguard.report.render import fill_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ARGUMENT: Final = re.compile(r"[A-Z][A-Z_]+")
_EXIT: Final = re.compile(r"Exit codes?:? (?=\d )")
_CODE: Final = re.compile(r"(?:^|, )(\d) (?:for )?")
_OTHER_PAGE: Final = re.compile(r"\b[a-z][\w.+-]*\([1-9]\)")
_UNWRAPPED: Final = "\b\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """A term and its meaning, both as roff."""

    term: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Page:
    """The page of one command, as roff (the sections are those of man-pages(7))."""

    name: str
    title: str
    date: str
    version: str
    summary: str
    synopsis: str
    description: Sequence[str]
    sections: Sequence[tuple[str, Sequence[Entry]]]
    see_also: Sequence[str]


def contexts(parent: click.Context | None = None) -> Iterator[click.Context]:
    """Yield a context for each command that is not hidden, groups before their commands."""
    if parent is None:
        parent = click.Context(cli, info_name="pkgguard", **cli.context_settings)
    yield parent
    for name, command in _subcommands(parent):
        yield from contexts(click.Context(command, info_name=name, parent=parent, **command.context_settings))


def page_name(context: click.Context) -> str:
    """Return the name of a command's page."""
    return context.command_path.replace(" ", "-")


def page(context: click.Context, date: str = "") -> str:
    """Return the manual page of a command, dated ``date``."""
    name = page_name(context)
    arguments = frozenset(
        word
        for parameter in context.command.params
        if isinstance(parameter, click.Argument)
        for word in _ARGUMENT.findall(parameter.human_readable_name)
    )
    paragraphs, codes = help_of(context.command)
    options = [
        record
        for parameter in context.command.get_params(context)
        if isinstance(parameter, click.Option) and (record := parameter.get_help_record(context)) is not None
    ]
    said = None if context.parent is None else " ".join([*paragraphs, *(text for _, text in options)])
    return fill_page(
        Page(
            name=roff.escaped(name),
            title=roff.escaped(name.upper()),
            date=date,
            version=roff.escaped(pkgguard.__version__),
            summary=roff.escaped(_uncapitalized(_summary(context.command))),
            synopsis=_synopsis(context),
            description=[_paragraph(one, arguments) for one in paragraphs],
            sections=(
                ("COMMANDS", _command_entries(context)),
                (
                    "OPTIONS",
                    [
                        Entry(roff.usage(term.split()), _prose(" ".join(text.split()), arguments))
                        for term, text in options
                    ],
                ),
                ("EXIT STATUS", _exit_entries(codes)),
                ("ENVIRONMENT", _common_entries("environment", said)),
                ("FILES", _common_entries("file", said)),
            ),
            see_also=[roff.protected(roff.marked(one)) for one in _related(context, paragraphs)],
        )
    )


def write_pages(folder: Path, environ: Mapping[str, str] = os.environ) -> None:
    """Write the page of every command into a folder, which is created if necessary.

    The pages show the date of ``SOURCE_DATE_EPOCH``
    (https://reproducible-builds.org/specs/source-date-epoch/), or none if it is
    not set, so that the same source always makes the same pages. Raises
    :class:`click.UsageError` if it is not a number of seconds, and
    :class:`OSError` if the folder cannot be written.
    """
    date = _date(environ.get("SOURCE_DATE_EPOCH", ""))
    folder.mkdir(parents=True, exist_ok=True)
    for context in contexts():
        (folder / f"{page_name(context)}.1").write_text(page(context, date), encoding="utf-8")


def _subcommands(context: click.Context) -> Iterator[tuple[str, click.Command]]:
    group = context.command
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if command is not None and not command.hidden:
                yield name, command


def help_of(command: click.Command) -> tuple[list[str], dict[int, str]]:
    """Return the paragraphs of a command's help, without the one about exit codes, and what that one says."""
    text = inspect.cleandoc(command.help or "").partition("\f")[0].strip()
    paragraphs, codes = [], {}
    for paragraph in re.split(r"\n{2,}", text):
        begin = _EXIT.match(paragraph)
        if begin is None:
            paragraphs.append(paragraph)
        else:
            pieces = _CODE.split(" ".join(paragraph[begin.end() :].split()).removesuffix("."))
            codes = {int(code): meaning for code, meaning in zip(pieces[1::2], pieces[2::2], strict=True)}
    return paragraphs, codes


def _summary(command: click.Command) -> str:
    return command.get_short_help_str(limit=1000).removesuffix(".")


def _uncapitalized(text: str) -> str:
    return text[:1].lower() + text[1:]


def _synopsis(context: click.Context) -> str:
    pieces = context.command.collect_usage_pieces(context)
    return f"{roff.bold(context.command_path)} {roff.usage(pieces)}"


def _paragraph(text: str, arguments: frozenset[str]) -> str:
    if text.startswith(_UNWRAPPED):
        lines = [roff.protected(roff.escaped(line)) for line in text.removeprefix(_UNWRAPPED).split("\n")]
        return "\n".join([".nf", *lines, ".fi"])
    return _prose(" ".join(text.split()), arguments)


def _prose(text: str, arguments: frozenset[str] = frozenset()) -> str:
    return roff.filled(roff.marked(text, arguments))


def _command_entries(context: click.Context) -> list[Entry]:
    return [
        Entry(roff.marked(f"{page_name(context)}-{name}(1)"), _prose(f"{_summary(command)}."))
        for name, command in _subcommands(context)
    ]


def _exit_entries(codes: Mapping[int, str]) -> list[Entry]:
    entries = []
    for row in _tables()["exit"]:
        own = codes.get(row["code"], row["word"])
        meaning = row["meaning"] if own == row["word"] else f"{own[:1].upper()}{own[1:]}."
        entries.append(Entry(roff.bold(str(row["code"])), _prose(meaning)))
    return entries


def _common_entries(table: str, said: str | None) -> list[Entry]:
    """Return the entries of a table that a command's help mentions; all of them if ``said`` is None."""
    return [
        Entry(roff.protected(roff.bold(row["name"])), _prose(row["meaning"]))
        for row in _tables()[table]
        if said is None or row["where"] in said
    ]


def _related(context: click.Context, paragraphs: list[str]) -> list[str]:
    """Return related pages: the groups above, the commands of this group, siblings, and pages it names."""
    around = [context, *([context.parent] if context.parent else [])]
    names = [page_name(one) for one in (context.find_root(), *around[1:])]
    names += [f"{page_name(one)}-{name}" for one in around for name, _ in _subcommands(one)]
    pages = [f"{name}(1)" for name in names] + _OTHER_PAGE.findall(" ".join(paragraphs))
    return [one for one in dict.fromkeys(pages) if one != f"{page_name(context)}(1)"]


@functools.cache
def _tables() -> dict[str, Any]:
    return tables_of("pkgguard.cli", "manual.toml")


def _date(epoch: str) -> str:
    if not epoch:
        return ""
    try:
        return time.strftime("%Y-%m-%d", time.gmtime(int(epoch)))
    except (ValueError, OverflowError, OSError) as error:
        raise click.UsageError(f"SOURCE_DATE_EPOCH is {epoch!r}, which is not a number of seconds") from error


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@common.reporting_errors
def manual(folder: Path) -> int:
    """Write the manual page of every command into FOLDER, such as /usr/share/man/man1.

    This is for packages of pkgguard. The pages show the date of SOURCE_DATE_EPOCH,
    or none if it is not set.
    """
    write_pages(folder)
    return common.CLEAN


if __name__ == "__main__":
    run(manual, "python3 -m pkgguard.cli.manual")
