"""Run a command as a process that always ends with an exit code, never with a traceback."""

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

    The code is 3, with one line on standard error, if the output is closed or full,
    if its reader has gone, or if memory or stack run out. After an interrupt it is
    130, as in shells.
    """
    if sys.stderr is None:
        # click before 8.1.4 fails where standard error is closed.
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it is open until the process ends
    try:
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        code = _code(command, program)
        code = _flushed(sys.stdout, code)
    except KeyboardInterrupt:
        code = _report_failure("interrupted", INTERRUPTED)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for stream in (sys.stdout, sys.stderr):
        code = max(code, _flushed(stream, code, quiet=True))
    sys.exit(code)


def reason(error: OSError) -> str:
    """Return the message of a system error, with its file if it has one."""
    if error.filename:
        return f"{error.filename}: {error.strerror or error}"
    if isinstance(error, BrokenPipeError):
        return "the output cannot be written: its reader has gone"
    unwritten = "the output cannot be written: " if error.errno in _FULL else ""
    return f"{unwritten}{error.strerror or error}"


def _code(command: click.Command, program: str) -> int:
    if sys.stdout is None:
        return _report_failure("standard output is closed")
    try:
        return _invoke(command, program)
    except click.ClickException as error:
        try:
            error.show()
        except OSError:
            return _INCOMPLETE
        return error.exit_code
    except click.Abort as error:
        # click raises this at a prompt, for an interrupt and for the end of input.
        if isinstance(error.__context__, KeyboardInterrupt):
            return _report_failure("interrupted", INTERRUPTED)
        return _report_failure("the input ended before the answer")
    except OSError as error:
        return _report_failure(reason(error))
    except MemoryError:
        return _report_failure("out of memory; pass fewer files at a time, or allow more memory")
    except RecursionError:
        return _report_failure("the input is nested too deeply to be read")


def _invoke(command: click.Command, program: str) -> int:
    # Not command.main(): it exits with 1 if the reader of its output has gone.
    try:
        with command.make_context(program, sys.argv[1:]) as context:
            command.invoke(context)
            context.exit()
    except click.exceptions.Exit as end:
        return end.exit_code


def _flushed(stream: TextIO | None, code: int, *, quiet: bool = False) -> int:
    """Flush a stream; redirect it if it fails, so that exit does not try again. Return the exit code."""
    if stream is None:
        return code
    try:
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not quiet and code != _INCOMPLETE:
            _report_failure(reason(error))
        return _INCOMPLETE
    return code


def _report_failure(text: str, code: int = _INCOMPLETE) -> int:
    """Print why a command could not complete, if standard error is writable; return the exit code."""
    with contextlib.suppress(OSError):
        click.echo(f"pkgguard: {text}", err=True)
    return code
