"""The command line: ``pkgguard COMMAND``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import click

import pkgguard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.shell_completion import CompletionItem


class Listed(NamedTuple):
    """A command in the list of commands: its module, and the first sentence of its help."""

    module: str
    summary: str


COMMANDS: Final[Mapping[str, Listed]] = {
    "check": Listed("check", "Check built .deb and .rpm files against a manifest."),
    "generate": Listed("generate", "Write the relations that a package version must have."),
    "explain": Listed("explain", "Explain a rule, or each bound of a package version."),
    "rules": Listed("explain", "List the rules that check applies."),
    "compatible": Listed(
        "compatible", "Show whether releases of components work together, and which changes decide it."
    ),
    "manifest": Listed("manifest", "Check a manifest, or show its content."),
    "init": Listed("init", "Write a commented manifest to start from, or a complete packaging."),
    "debian": Listed("debian", "Guard the packages that a Debian source package builds."),
    "rpm": Listed("rpm", "Print relations for rpmbuild, by the files that a package ships."),
}
"""The commands, in the order in which they are listed. A module is loaded when its command is called."""


class CommandGroup(click.Group):
    """A group that loads a module only when its command is called, and none to list the commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"pkgguard.cli.{COMMANDS[cmd_name].module}")
        return cast("click.Command", getattr(module, cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands with their summaries."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.summary) for name, one in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and options that begin with ``incomplete``."""
        from click.shell_completion import CompletionItem

        commands = [
            CompletionItem(name, help=one.summary)
            for name, one in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(pkgguard.__version__, prog_name="pkgguard")
def cli() -> None:
    """Tie packages that talk a protocol to exactly the peer versions that work.

    A manifest describes which releases work together. `generate` turns it into the
    relations of a .deb or an .rpm, `check` verifies built packages, and `explain`
    shows the reasons. The manifest of Kata Containers is built in; `init` writes
    one to start from.

    Exit codes: 0 clean, 1 findings, 2 usage, 3 could not complete.
    """
