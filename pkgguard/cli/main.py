"""The command line: ``pkgguard COMMAND``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

import click

import pkgguard
from pkgguard.cli import described

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.shell_completion import CompletionItem


COMMANDS: Final[Mapping[str, str]] = {
    "check": "check",
    "generate": "generate",
    "explain": "explain",
    "rules": "explain",
    "compatible": "compatible",
    "diff": "diff",
    "matrix": "matrix",
    "manifest": "manifest",
    "protocol": "protocol",
    "release": "release",
    "init": "init",
    "debian": "debian",
    "rpm": "rpm",
}
"""The commands in the order of the list, each with the module that is loaded when it is called."""


class CommandGroup(described.Group):
    """A group that loads the module of a command only when it is called, not to list it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"pkgguard.cli.{COMMANDS[cmd_name]}")
        return cast("click.Command", getattr(module, cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands with their summaries."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, _summary(name)) for name in COMMANDS])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and options that begin with ``incomplete``."""
        from click.shell_completion import CompletionItem

        commands = [
            CompletionItem(name, help=_summary(name)) for name in COMMANDS if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)


def _summary(name: str) -> str:
    """Return the summary of a command, without loading its module."""
    return described.description(f"pkgguard-{name}").summary


@click.group(
    cls=CommandGroup,
    page="pkgguard",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(pkgguard.__version__, prog_name="pkgguard")
def cli() -> None:
    """Run ``pkgguard``."""
