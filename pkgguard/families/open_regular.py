"""Opening a file that someone else made: regular files only, and never waiting."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from pkgguard.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a regular file for reading; give it and its size, raise :class:`PackageError` for any other.

    It is looked at before it is opened, since opening a device may act on it,
    and again once it is open, since it may have been replaced in between.
    """
    where = str(path)
    try:
        _check_regular(where, os.stat(path).st_mode)
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError as error:
        raise _unreadable(where, error) from None
    except ValueError as error:
        raise PackageError(where, "", f"it is not a file name: {error}", "check the path") from None
    with os.fdopen(descriptor, "rb") as file:
        try:
            status = os.fstat(descriptor)
            _check_regular(where, status.st_mode)
            yield file, status.st_size
        except OSError as error:
            raise _unreadable(where, error) from None


def _check_regular(where: str, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise PackageError(where, "", "it is not a regular file", "give the path of a package file")


def _unreadable(where: str, error: OSError) -> PackageError:
    reason = f"it cannot be read: {error.strerror or error}"
    return PackageError(where, "", reason, "check the path and its permissions")
