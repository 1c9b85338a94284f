"""Write the manual pages of the commands: ``python3 -m tools.manual FOLDER``.

A page is made from the command itself (its usage, options and commands), from its table
in ``pkgguard/cli/commands.toml``, and from ``manual.toml``.
"""

from __future__ import annotations

import os
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click
import jinja2

import pkgguard
from pkgguard.cli import common
from pkgguard.cli.described import Option, description
from pkgguard.cli.main import cli
from pkgguard.cli.process import run
from tools import roff

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pkgguard.cli.described import Description

TABLES: Final[Mapping[str, Mapping[str, str]]] = tomllib.loads(
    Path(__file__).with_name("manual.toml").read_text("utf-8")
)
"""The meaning of each variable and each file that options depend on."""


class Entry(NamedTuple):
    """A term and its meaning, both as roff."""

    term: str
    meaning: str


class Page(NamedTuple):
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


def page(context: click.Context, described: Description, date: str = "") -> str:
    """Return the manual page of a command, dated ``date``."""
    name = page_name(context)
    summary = described.summary.removesuffix(".")
    return filled(
        Page(
            name=roff.escaped(name),
            title=roff.escaped(name.upper()),
            date=date,
            version=roff.escaped(pkgguard.__version__),
            summary=roff.escaped(f"{summary[:1].lower()}{summary[1:]}"),
            synopsis=_synopsis(context),
            description=[roff.prose(one) for one in (described.summary, *described.paragraphs)],
            sections=(
                ("COMMANDS", _commands(context)),
                ("ARGUMENTS", _arguments(described)),
                ("OPTIONS", _options(context)),
                ("EXIT STATUS", _exit_codes(described)),
                ("ENVIRONMENT", _depended_on(context, "variables")),
                ("FILES", _depended_on(context, "files")),
            ),
            see_also=_related(context, described),
        )
    )


def filled(values: object) -> str:
    """Return the template filled with the values of a page; a missing value is an error."""
    environment = jinja2.Environment(
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - roff, not HTML
    )
    template = Path(__file__).with_name("man.1.j2").read_text("utf-8")
    return environment.from_string(template).render(page=values)


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
        name = page_name(context)
        (folder / f"{name}.1").write_text(page(context, description(name), date), encoding="utf-8")


def _subcommands(context: click.Context) -> Iterator[tuple[str, click.Command]]:
    group = context.command
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if command is not None and not command.hidden:
                yield name, command


def _synopsis(context: click.Context) -> str:
    return f"{roff.bold(context.command_path)} {roff.usage(context.command.collect_usage_pieces(context))}"


def _commands(context: click.Context) -> list[Entry]:
    return [
        Entry(roff.reference(f"{page_name(context)}-{name}"), roff.prose(command.get_short_help_str()))
        for name, command in _subcommands(context)
    ]


def _arguments(described: Description) -> list[Entry]:
    return [Entry(roff.italic(name), roff.prose(text)) for name, text in described.arguments.items()]


def _options(context: click.Context) -> list[Entry]:
    records = [
        one.get_help_record(context)
        for one in context.command.get_params(context)
        if isinstance(one, click.Option)
    ]
    return [
        Entry(roff.usage(record[0].split()), roff.prose(" ".join(record[1].split())))
        for record in records
        if record is not None
    ]


def _exit_codes(described: Description) -> list[Entry]:
    return [Entry(roff.bold(str(one.code)), roff.prose(one.full)) for one in described.exit_codes]


def _depended_on(context: click.Context, table: str) -> list[Entry]:
    """Return the variables or files that a command's options depend on; all of them for the program."""
    options = [one for one in context.command.params if isinstance(one, Option)]
    named = {name for one in options for name in getattr(one, table)}
    return [
        Entry(roff.protected(roff.bold(name)), roff.prose(meaning))
        for name, meaning in TABLES[table].items()
        if name in named or context.parent is None
    ]


def _related(context: click.Context, described: Description) -> list[str]:
    """Return related pages: the groups above, the commands of this group, siblings, and those in ``see``."""
    around = [context, *([context.parent] if context.parent else [])]
    names = [page_name(one) for one in (context.find_root(), *around[1:])]
    names += [f"{page_name(one)}-{name}" for one in around for name, _ in _subcommands(one)]
    pages = [(name, "1") for name in names if name != page_name(context)]
    pages += [(name, section) for name, _, section in (one[:-1].partition("(") for one in described.see)]
    return [roff.reference(*one) for one in dict.fromkeys(pages)]


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
    run(manual, "python3 -m tools.manual")
