"""Opening untrusted files, regular ones only and without blocking, and replacing a file."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a regular file for reading; yield it and its size.

    The type is checked before the file is opened, since opening a device can have an
    effect, and again afterwards, since the file may have been replaced in between. A
    file of size 0 must not be read: it may be a kernel file that blocks or never ends.
    Raises :class:`OSError` for any other file.
    """
    try:
        _check_regular(path, os.stat(path).st_mode)
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except ValueError as error:  # a name that contains NUL
        raise OSError(errno.EINVAL, f"is not a file name: {error}", repr(str(path))) from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        _check_regular(path, status.st_mode)
        yield file, status.st_size


def content(path: Path, most: int) -> bytes:
    """Return the first ``most`` bytes of a regular file; raise :class:`OSError`."""
    with opened(path) as (file, size):
        return file.read(most) if size else b""


def replace_content(path: Path, data: bytes) -> None:
    """Write a file in one step, through a new one beside it; a link goes on to name the same file."""
    target = path.resolve()
    beside = target.with_name(f"{target.name}.pkgguard-new")
    try:
        beside.write_bytes(data)
        if target.exists():
            beside.chmod(stat.S_IMODE(target.stat().st_mode))
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _check_regular(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "is not a regular file", str(path))
