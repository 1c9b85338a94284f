"""A command as a process: every way it can end becomes an exit code, and never a traceback."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from typing import TYPE_CHECKING, Final, NoReturn

import click

from pkgguard.cli import INTERRUPTED

if TYPE_CHECKING:
    from typing import TextIO

_INCOMPLETE: Final = 3
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def run(command: click.Command, program: str) -> NoReturn:
    """Run a command with the arguments of this process, and end the process with its exit code.

    An output that is closed or full or whose reader has gone, and running out of
    memory or of stack, give 3 and one line on standard error. An interrupt gives
    130, as shells have it, and one line.
    """
    if sys.stderr is None:
        # click before 8.1.4 fails where standard error is closed.
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it is open until the process ends
    try:
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        code = _code(command, program)
        code = _settled(sys.stdout, code)
    except KeyboardInterrupt:
        code = _told("interrupted", INTERRUPTED)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for stream in (sys.stdout, sys.stderr):
        code = max(code, _settled(stream, code, quiet=True))
    sys.exit(code)


def reason(error: OSError) -> str:
    """Return what the system refused, and of which file; an output that is full has no name."""
    if error.filename:
        return f"{error.filename}: {error.strerror or error}"
    if isinstance(error, BrokenPipeError):
        return "the output cannot be written: its reader has gone"
    unwritten = "the output cannot be written: " if error.errno in _FULL else ""
    return f"{unwritten}{error.strerror or error}"


def _code(command: click.Command, program: str) -> int:
    if sys.stdout is None:
        return _told("standard output is closed; there is nowhere to answer")
    try:
        return _invoked(command, program)
    except click.ClickException as error:
        try:
            error.show()
        except OSError:
            return _INCOMPLETE
        return error.exit_code
    except click.Abort as error:
        # A prompt turns an interrupt into this, and the end of its input too.
        if isinstance(error.__context__, KeyboardInterrupt):
            return _told("interrupted", INTERRUPTED)
        return _told("the input ended before the answer")
    except OSError as error:
        return _told(reason(error))
    except MemoryError:
        return _told("out of memory; give fewer files at a time, or allow more memory")
    except RecursionError:
        return _told("the input is nested too deeply to be read")


def _invoked(command: click.Command, program: str) -> int:
    # Not command.main(): it ends with 1 where the reader of its output has gone.
    try:
        with command.make_context(program, sys.argv[1:]) as context:
            command.invoke(context)
            context.exit()
    except click.exceptions.Exit as end:
        return end.exit_code


def _settled(stream: TextIO | None, code: int, *, quiet: bool = False) -> int:
    """Write what a stream still holds, or give it up so that nothing is tried at exit; return the code."""
    if stream is None:
        return code
    try:
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not quiet and code != _INCOMPLETE:
            _told(reason(error))
        return _INCOMPLETE
    return code


def _told(text: str, code: int = _INCOMPLETE) -> int:
    """Print why a command could not complete, if standard error can be written; return its exit code."""
    with contextlib.suppress(OSError):
        click.echo(f"pkgguard: {text}", err=True)
    return code
