"""Completion for bash, zsh and fish."""

from __future__ import annotations

import re
import sys
from typing import Final

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

_PLAIN: Final = r"[A-Za-z0-9@%+._~/:=-]+"
"""Characters that no shell interprets on the command line or in the input of click's script."""


class _Whole(ShellComplete):
    """Completes words with an equals sign as a whole, and replaces what a terminal cannot show."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Return the completions; those of ``--option=value`` include the option, which zsh and fish need.

        Words with characters that a shell interprets are left out, because
        click's scripts put them on the command line without quoting.
        """
        option, equals, _ = incomplete.partition("=")
        found = []
        for item in super().get_completions(args, incomplete):
            if item.type == "plain":
                if equals and option.startswith("-"):
                    item.value = f"{option}={item.value}"
                if not re.fullmatch(_PLAIN, item.value):
                    continue
            if item.help:
                item.help = re.sub(r"[^ -~]+", " ", item.help)
            found.append(item)
        return found

    def complete(self) -> str:
        """Return the output for a shell; it is empty if the request is invalid."""
        try:
            answer = super().complete()
        except (KeyError, ValueError):  # The variables that a shell sets are missing.
            return ""
        encoding = sys.stdout.encoding or "utf-8"
        return answer.encode(encoding, "replace").decode(encoding)


class Bash(_Whole, BashComplete):
    """Bash, which splits words at ``=`` and ``:`` and replaces only the last part."""

    _BREAK: Final = re.compile(r"[=:]+")
    _kept = 0

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words, with the parts joined that bash split."""
        args, typed = super().get_completion_args()
        words: list[str] = []
        for word in (*args, typed):
            broken = self._BREAK.fullmatch(word) or (words and self._BREAK.fullmatch(words[-1][-1:]))
            if word and words and broken:
                words[-1] += word
            else:
                words.append(word)
        self._kept = len(words[-1]) - (0 if self._BREAK.fullmatch(typed) else len(typed))
        return words[:-1], words[-1]

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Return the completions without the beginning that bash keeps."""
        found = super().get_completions(args, incomplete)
        for item in found:
            if item.type == "plain":
                item.value = item.value[self._kept :]
        return found


class Zsh(_Whole, ZshComplete):
    """Zsh, whose script must also complete the word for which it is autoloaded."""

    def source(self) -> str:
        """Return click's script, with a call for older versions, which only register themselves."""
        script = super().source()
        if "loadautofunc" in script:
            return script
        return (
            f'{script}\nif [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n    {self.func_name} "$@"\nfi\n'
        )


class Fish(_Whole, FishComplete):
    """Fish."""


SHELLS: Final = (Bash, Zsh, Fish)


def register() -> None:
    """Register these classes with click."""
    for shell in SHELLS:
        add_completion_class(shell)
