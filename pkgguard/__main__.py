"""``python -m pkgguard``, and the console script."""

# Import only modules that Python has already loaded: an interrupt before main() would print a traceback.
import atexit
import gc
import os
import signal
import sys

ENDINGS = {signal.SIGINT: 130, signal.SIGTERM: 3, signal.SIGHUP: 3}
"""The signals that end a command, and its exit code: 130 as in shells, or 3 (could not complete)."""

PATIENCE = 3.0
"""Abandon a completion after this many seconds."""

_UNANSWERED = 3

_GARBAGE = 50_000
"""Python's garbage collector starts above this many objects: what a command loads is not garbage."""


def main() -> None:
    """Run a command, or complete a command line for a shell."""
    _listen()
    gc.set_threshold(_GARBAGE)
    atexit.register(gc.freeze)  # or Python searches everything for garbage once more as it ends
    from pkgguard.cli import COMPLETE  # noqa: PLC0415 - an interrupt while loading must not print a traceback either

    if COMPLETE in os.environ:
        _be_brief()
        from pkgguard.cli.completion import register  # noqa: PLC0415 - only a completion needs it

        register()
        from pkgguard.cli.main import cli  # noqa: PLC0415 - as above

        if sys.stdout is None:
            os._exit(_UNANSWERED)
        try:
            cli(prog_name="pkgguard")
        except OSError:
            os._exit(_UNANSWERED)  # silent: a message would appear in the prompt
    from pkgguard.cli.main import cli  # noqa: PLC0415 - as above
    from pkgguard.cli.process import run  # noqa: PLC0415

    run(cli, "pkgguard")


def _listen() -> None:
    for number in ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number: int, _: object) -> None:
    """Exit immediately, with one line on standard error if possible."""
    name = "interrupted" if number == signal.SIGINT else f"ended by {signal.Signals(number).name}"
    try:
        os.write(2, f"pkgguard: {name}\n".encode())
    finally:
        os._exit(ENDINGS[signal.Signals(number)])


def _be_brief() -> None:
    """Exit silently if a completion is interrupted or takes too long."""
    for number in (signal.SIGINT, signal.SIGALRM):
        signal.signal(number, lambda *_: os._exit(1))
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)


if __name__ == "__main__":
    main()
