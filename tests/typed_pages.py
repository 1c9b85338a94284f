"""The sessions that a page shows: the commands are typed one after another, and print what the page shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from real.tools import Outcome

BLOCK = re.compile(r"(?<=^```shellsession\n)(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
EXAMPLE = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
"""A block of commands that do not depend on one another, and may end with exit code 1."""
EXIT_CODE = re.compile(r" # exit code (\d+)$")
LEFT_OUT = "…"
"""A line of the page that stands for any number of lines."""


class Shell(Protocol):
    """What types a script, with what it prints on both channels."""

    def type(self, script: str) -> Outcome:
        """Run a script with ``sh``, in the folder in which a checkout is."""


@dataclass(frozen=True)
class Typed:
    """A command of a page, and the output shown there."""

    command: str
    shown: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """The exit code that the page names in a comment, or 0."""
        named = EXIT_CODE.search(self.command)
        return int(named[1]) if named else 0


def section(page: str, heading: str) -> str:
    """Return the part of a page below a heading of the second level."""
    (found,) = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    return str(found)


def commands(block: str) -> Iterator[Typed]:
    """Yield the commands of a session."""
    for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *shown = entry.rstrip("\n").split("\n")
        yield Typed(command, tuple(shown))


def play(text: str, shell: Shell, blocks: re.Pattern[str] = BLOCK) -> str:
    """Type all sessions of a text; return the text with the output that was printed.

    An output that is shown with lines left out stays the way it is if it matches.
    """
    folder = ""

    def typed(one: Typed) -> str:
        nonlocal folder
        script = f'{folder and f"cd {folder}"}\n{one.command}\nended=$?\necho "ended $ended $PWD"\n'
        outcome = shell.type(script)
        printed, _, ending = outcome.output.rpartition("ended ")
        code, _, folder = ending.strip().partition(" ")
        expected = {str(one.exit_code)} if blocks is BLOCK else {"0", "1"}
        assert code in expected, f"{one.command}: exit code {code}\n{printed}"
        lines = tuple(printed.splitlines())
        if LEFT_OUT in one.shown:
            assert matches(one.shown, lines), f"{one.command}\n{printed}"
            lines = one.shown
        return "".join(f"{line}\n" for line in (f"$ {one.command}", *lines))

    return blocks.sub(lambda found: "".join(map(typed, commands(found.group()))), text)


def matches(shown: tuple[str, ...], printed: tuple[str, ...]) -> bool:
    """Whether the lines were printed, with others where some are left out."""
    parts = [r"(?:.*\n)*" if line == LEFT_OUT else re.escape(f"{line}\n") for line in shown]
    return re.fullmatch("".join(parts), "".join(f"{line}\n" for line in printed)) is not None
