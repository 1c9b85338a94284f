"""Opening a package file."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from pkgguard import regular_files
from pkgguard.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a package file; yield it and its size. Raise :class:`PackageError` if it is not a regular file."""
    where = str(path)
    try:
        with regular_files.opened(path) as (file, size):
            if not size:
                raise PackageError(where, "", "it is empty", "name package files")
            yield file, size
    except OSError as error:
        reason = error.strerror or str(error)
        if reason.startswith("is "):
            raise PackageError(where, "", f"it {reason}", "give the path of a package file") from None
        raise PackageError(
            where, "", f"it cannot be read: {reason}", "check the path and its permissions"
        ) from None
