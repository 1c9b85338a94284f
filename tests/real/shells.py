"""Real shells at a terminal, in which a line is typed and completed."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from limits import HANG, need_terminal

from .tools import PATH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAMES: Final = ("bash", "zsh", "fish")

_SHOW: Final = "\x18\x10"
"""Control-X Control-P, which the shells are told to answer by printing the line."""

# A person's own settings are left out, and whatever would ask back or ring.
_BASH: Final = r"""
PS1='> '
bind 'set bell-style none' 'set completion-query-items 0' 'set page-completions off'
bind 'set enable-bracketed-paste off' 'set show-all-if-ambiguous on'
bind -x '"\C-x\C-p": printf "<LINE:%s>\n" "$READLINE_LINE"'
"""
_ZSH: Final = r"""
PS1='> '
unsetopt beep
LISTMAX=10000
show() { print -r -- "<LINE:$BUFFER>" }
zle -N show
bindkey '^X^P' show
"""


@dataclass(frozen=True)
class Completed:
    """What a line became, and all that was printed meanwhile."""

    line: str
    screen: str


@dataclass(frozen=True)
class Shells:
    """The shells of a person whose home is ``home``, with ``programs`` first on their PATH.

    ``setup`` is what each of them reads first.
    """

    home: Path
    programs: Path
    setup: Mapping[str, str]

    def environment(self) -> dict[str, str]:
        """Return the environment of a shell, with nothing of the caller's."""
        return {
            "PATH": f"{self.programs}:{PATH}",
            "HOME": str(self.home),
            "TERM": "dumb",
            "LC_ALL": "C.UTF-8",
            "INPUTRC": "/dev/null",
        }

    def complete(self, shell: str, line: str, folder: Path, **variables: str) -> Completed:
        """Type a line, and the tabulator, in a folder."""
        ask = {"bash": self._bash, "zsh": self._zsh, "fish": self._fish}[shell]
        return ask(line, folder, {**self.environment(), **variables})

    def _bash(self, line: str, folder: Path, environment: dict[str, str]) -> Completed:
        return self._typed(["bash", "--norc", "--noprofile", "-i"], _BASH, line, folder, environment)

    def _zsh(self, line: str, folder: Path, environment: dict[str, str]) -> Completed:
        return self._typed(["zsh", "-f", "-i"], _ZSH, line, folder, environment)

    def _typed(
        self, command: list[str], settings: str, line: str, folder: Path, environment: dict[str, str]
    ) -> Completed:
        need_terminal()
        import pexpect

        start = self.home / f"start.{command[0]}"
        start.write_text(settings + self.setup.get(command[0], ""), encoding="utf-8")
        child = pexpect.spawn(
            command[0],
            command[1:],
            env=environment,
            cwd=str(folder),
            encoding="utf-8",
            codec_errors="replace",
            dimensions=(400, 400),
            timeout=HANG,
        )
        try:
            child.sendline(f"source {start}; echo RE''ADY")
            child.expect(r"READY\r+\n")
            child.expect("> ")
            child.send(f"{line}\t{_SHOW}")
            child.expect(r"<LINE:(.*?)>\r")
            return Completed(child.match[1], child.before)
        finally:
            child.close(force=True)

    def _fish(self, line: str, folder: Path, environment: dict[str, str]) -> Completed:
        """Ask fish itself, which prints what it would offer, and put in what all of that begins with."""
        done = subprocess.run(
            ["fish", "-c", f"{self.setup.get('fish', '')}\ncomplete -C $argv[1]", line],
            env=environment,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        offered = [one.partition("\t")[0] for one in done.stdout.splitlines()]
        begin = line[: line.rfind(" ") + 1]
        became = begin + (os.path.commonprefix(offered) or line.removeprefix(begin))  # noqa: RUF071 - words
        became += " " * (len(offered) == 1 and not became.endswith("/"))
        return Completed(became, done.stdout + done.stderr)
