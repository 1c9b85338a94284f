"""``python -m pkgguard``, and the console script."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import Final

from pkgguard.cli import COMPLETE, INTERRUPTED

PATIENCE: Final = 3.0
"""Seconds after which who pressed a key to complete a word wants the prompt back."""

_UNANSWERED: Final = 3

_GARBAGE: Final = 50_000
"""Objects made until Python looks for garbage: what a command loads stays, so it would find none in it."""


def main() -> None:
    """Run the command line, or complete one where a shell asks for that."""
    gc.set_threshold(_GARBAGE)
    if COMPLETE in os.environ:
        _be_brief()
        from pkgguard.cli.completion import register  # noqa: PLC0415 - no other call needs it

        register()
        from pkgguard.cli.main import cli  # noqa: PLC0415 - an interrupt while loading must be quiet too

        if sys.stdout is None:
            os._exit(_UNANSWERED)
        try:
            cli(prog_name="pkgguard")
        except OSError:
            os._exit(_UNANSWERED)  # without a word: it would stand in the prompt
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    from pkgguard.cli.main import cli  # noqa: PLC0415 - as above
    from pkgguard.cli.process import run  # noqa: PLC0415

    run(cli, "pkgguard")


def _be_brief() -> None:
    """End without a word when interrupted, or when it takes too long."""
    for number in (signal.SIGINT, signal.SIGALRM):
        signal.signal(number, lambda *_: os._exit(1))
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)


if __name__ == "__main__":
    main()
