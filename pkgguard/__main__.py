"""``python -m pkgguard``, and the console script."""

# Only modules that Python has loaded already: an interrupt before main() would print a traceback.
import gc
import os
import signal
import sys

ENDINGS = {signal.SIGINT: 130, signal.SIGTERM: 3, signal.SIGHUP: 3}
"""The signals that end a command, and the exit code: 130 as in shells, or that of unfinished work."""

PATIENCE = 3.0
"""A completion is abandoned after this many seconds, since somebody waits for the prompt."""

_UNANSWERED = 3

_GARBAGE = 50_000
"""Objects made until Python looks for garbage: what a command loads stays, so it would find none in it."""


def main() -> None:
    """Run the command line, or complete one where a shell asks for that."""
    _listen()
    gc.set_threshold(_GARBAGE)
    from pkgguard.cli import COMPLETE  # noqa: PLC0415 - an interrupt while loading must end in one line too

    if COMPLETE in os.environ:
        _be_brief()
        from pkgguard.cli.completion import register  # noqa: PLC0415 - no other call needs it

        register()
        from pkgguard.cli.main import cli  # noqa: PLC0415 - as above

        if sys.stdout is None:
            os._exit(_UNANSWERED)
        try:
            cli(prog_name="pkgguard")
        except OSError:
            os._exit(_UNANSWERED)  # without a word: it would stand in the prompt
    from pkgguard.cli.main import cli  # noqa: PLC0415 - as above
    from pkgguard.cli.process import run  # noqa: PLC0415

    run(cli, "pkgguard")


def _listen() -> None:
    for number in ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number: int, _: object) -> None:
    """End at once, with one line on standard error if it can be written."""
    name = "interrupted" if number == signal.SIGINT else f"ended by {signal.Signals(number).name}"
    try:
        os.write(2, f"pkgguard: {name}\n".encode())
    finally:
        os._exit(ENDINGS[signal.Signals(number)])


def _be_brief() -> None:
    """End without a word when interrupted, or when it takes too long."""
    for number in (signal.SIGINT, signal.SIGALRM):
        signal.signal(number, lambda *_: os._exit(1))
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)


if __name__ == "__main__":
    main()
