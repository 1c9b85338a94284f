"""The command line: ``pkgguard COMMAND``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

import click

import pkgguard

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Final[Mapping[str, str]] = {
    "check": "check",
    "generate": "generate",
    "explain": "explain",
    "rules": "explain",
    "compatible": "compatible",
    "manifest": "manifest",
    "init": "init",
    "debian": "debian",
    "rpm": "rpm",
}
"""Each command and the module that holds it, which is loaded when the command is called."""


class CommandGroup(click.Group):
    """A group that loads a command's module only for that command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of the commands, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give a command by its name, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"pkgguard.cli.{COMMANDS[cmd_name]}")
        return cast("click.Command", getattr(module, cmd_name))


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(pkgguard.__version__, prog_name="pkgguard")
def cli() -> None:
    """Tie packages that talk a protocol to exactly the peer versions that work.

    A manifest says what works with what. `generate` writes it into the relations
    of a .deb or an .rpm, `check` proves of built packages that it is there, and
    `explain` gives the reasons. Kata Containers' own manifest is built in; `init`
    writes one to start from.

    Exit codes: 0 clean, 1 findings, 2 usage, 3 could not complete.
    """
