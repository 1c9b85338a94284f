"""Commands whose --help and manual pages are made from ``commands.toml``."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from pkgguard.data import tables_of
from pkgguard.escape.line import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MARK: Final = r"`(?P<literal>[^`]+)`|<(?P<argument>[A-Z][A-Z_]*)>"


class ExitCode(NamedTuple):
    """An exit code with its meaning, in short and in full."""

    code: int
    short: str
    full: str


class Description(NamedTuple):
    """The description of a command in ``commands.toml``; :func:`pieces` reads the marks in its texts."""

    summary: str
    paragraphs: Sequence[str]
    arguments: Mapping[str, str]
    exit_codes: Sequence[ExitCode]
    see: Sequence[str]
    shows_exit_codes: bool
    """Whether --help lists exit codes: some have a special meaning here, or this is the program."""


@functools.cache
def description(page: str) -> Description:
    """Return the description of the command with this manual page."""
    tables = tables_of("pkgguard.cli", "commands.toml")
    table: dict[str, Any] = tables["command"][page]
    own = table.get("exit", {})
    codes = []
    for row in tables["exit"]:
        meaning = own.get(str(row["code"]))
        if meaning is None:
            codes.append(ExitCode(row["code"], row["short"], row["full"]))
        else:
            codes.append(ExitCode(row["code"], meaning, f"{meaning[0].upper()}{meaning[1:]}."))
    return Description(
        table["summary"],
        [" ".join(text.split()) for text in table.get("text", ())],
        table.get("arguments", {}),
        codes,
        table.get("see", ()),
        "exit" in table,
    )


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """Divide a marked text into pieces, each with its kind: ``plain``, ``literal`` or ``argument``."""
    end = 0
    for mark in re.finditer(_MARK, text):
        yield "plain", text[end : mark.start()]
        kind = str(mark.lastgroup)
        yield kind, mark[kind]
        end = mark.end()
    yield "plain", text[end:]


def shown(text: str) -> str:
    """Return a marked text as --help shows it."""
    return "".join(f"`{piece}`" if kind == "literal" else piece for kind, piece in pieces(text))


class _Described(click.Command):
    """A command that is described by a table named after its manual page. Its docstring is not shown."""

    def __init__(self, *args: Any, page: str, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.page = page

    def get_short_help_str(self, limit: int = 0) -> str:
        """Return the complete summary."""
        del limit
        return description(self.page).summary

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the summary, the text and the arguments."""
        del ctx
        described = description(self.page)
        for paragraph in (described.summary, *described.paragraphs):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(shown(paragraph))
        if described.arguments:
            with formatter.section("Arguments"):
                formatter.write_dl([(name, shown(text)) for name, text in described.arguments.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the exit codes, if --help lists them."""
        del ctx
        described = description(self.page)
        if described.shows_exit_codes:
            with formatter.section("Exit codes"):
                formatter.write_dl([(str(one.code), one.short) for one in described.exit_codes])


class Command(_Described):
    """A command that is described in ``commands.toml``."""


class Group(_Described, click.Group):
    """A group of commands, all of them described in ``commands.toml``."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first argument names; if there is none, the error names the nearest."""
        name = args[0]
        if self.get_command(ctx, name) is None and not ctx.resilient_parsing and name[:1].isalnum():
            from pkgguard.manifest.hints import Words

            hint = Words(self.list_commands(ctx)).hint(name)
            ctx.fail(f"no command is called {plain(name)!r}; {hint}")
        return super().resolve_command(ctx, args)


class Option(click.Option):
    """An option whose default comes from environment variables or files, which the manual page lists."""

    def __init__(
        self, *args: Any, variables: Sequence[str] = (), files: Sequence[str] = (), **attributes: Any
    ) -> None:
        super().__init__(*args, **attributes)
        self.variables = tuple(variables)
        self.files = tuple(files)
