"""Write the completion scripts of the shells: ``python3 -m tools.completion [--zsh NAME] FOLDER``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pkgguard.cli import COMPLETE, common
from pkgguard.cli.completion import SHELLS
from pkgguard.cli.main import cli
from pkgguard.cli.process import run

if TYPE_CHECKING:
    from collections.abc import Mapping

FILES: Final[Mapping[str, str]] = {
    "bash": "bash-completion/completions/pkgguard",
    "zsh": "zsh/{zsh}/_pkgguard",
    "fish": "fish/vendor_completions.d/pkgguard.fish",
}
"""The completion script of each shell, below /usr/share."""

ZSH_FOLDERS: Final = ("site-functions", "vendor-completions")
"""The folder in which zsh looks for scripts of packages: zsh's default, and Debian's."""


def write_scripts(folder: Path, zsh: str = ZSH_FOLDERS[0]) -> None:
    """Write each shell's script to the place where it looks for it below ``folder``.

    ``folder`` is a directory such as /usr/share, ``zsh`` one of ``ZSH_FOLDERS``.
    Raises :class:`OSError` if a file cannot be written.
    """
    for shell in SHELLS:
        path = folder / FILES[shell.name].format(zsh=zsh)
        path.parent.mkdir(parents=True, exist_ok=True)
        script = shell(cli, {}, "pkgguard", COMPLETE).source()
        path.write_text(script.rstrip("\n") + "\n", encoding="utf-8")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--zsh",
    type=click.Choice(ZSH_FOLDERS),
    default=ZSH_FOLDERS[0],
    show_default=True,
    help="The folder below FOLDER/zsh for zsh; on Debian it is vendor-completions.",
)
@common.reporting_errors
def completion(folder: Path, zsh: str) -> int:
    """Write the completion for bash, zsh and fish below FOLDER, such as /usr/share.

    This is for packages of pkgguard. Each script goes where its shell looks for
    it.
    """
    write_scripts(folder, zsh)
    return common.CLEAN


if __name__ == "__main__":
    run(completion, "python3 -m tools.completion")
