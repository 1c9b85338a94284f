"""The data files that come with pkgguard, and what the build prepared of them.

TOML takes long to read, and most calls read the same file. So the build
writes what ``X.toml`` says beside it, as ``X.prepared``, together with its text
(:mod:`pkgguard.prepare`). It is used only where that is the text that ``X.toml``
has now. A change of ``X.toml`` is therefore never overlooked, and in a checkout
where nothing was built all works as well, only slower.

It is written by :mod:`marshal`, as Python's own ``.pyc`` files are, and like them
it is trusted for being a part of what was installed.
"""

from __future__ import annotations

import marshal
import os
from importlib import import_module
from typing import Any, NamedTuple


class Prepared(NamedTuple):
    """What a TOML file with this text says: its tables, and the line of each table and key by its path."""

    text: str
    tables: dict[str, Any]
    lines: dict[tuple[str | int, ...], int]


def text_of(package: str, name: str) -> str:
    """Return the text of a file in a package, which may be a folder or lie in an archive.

    Raises :class:`OSError` where there is no such file, and
    :class:`ModuleNotFoundError` where there is no such package.
    """
    return _bytes_of(package, name).decode("utf-8")


def prepared(package: str, name: str, text: str) -> Prepared | None:
    """Return what the build prepared of the TOML file ``name`` with this text, or None."""
    try:
        found = Prepared(*marshal.loads(_bytes_of(package, prepared_name(name))))  # noqa: S302 - as above
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return found if found.text == text else None


def tables_of(package: str, name: str) -> dict[str, Any]:
    """Return the tables of a TOML file in a package."""
    text = text_of(package, name)
    if (ready := prepared(package, name, text)) is not None:
        return ready.tables
    import tomllib  # noqa: PLC0415 - slow to load, and not needed once it is prepared

    return tomllib.loads(text)


def prepared_name(name: str) -> str:
    """Return the name of the file that is prepared of a TOML file."""
    return f"{name.removesuffix('.toml')}.prepared"


def _bytes_of(package: str, name: str) -> bytes:
    module = import_module(package)
    loader: Any = module.__spec__.loader if module.__spec__ is not None else None
    data: bytes = loader.get_data(os.path.join(module.__path__[0], name))
    return data
