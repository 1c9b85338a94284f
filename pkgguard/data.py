"""The data files that come with pkgguard, and their prepared forms.

TOML is slow to parse, and most calls read the same file. So the build writes the
content of ``X.toml`` to ``X.prepared``, together with the text it was made from
(:mod:`pkgguard.prepare`). A prepared file is used only if that text is equal to
``X.toml``, so a change of ``X.toml`` is never overlooked. In a checkout without
prepared files everything works too, only slower.

Prepared files are written by :mod:`marshal`, like Python's ``.pyc`` files, and are
trusted for the same reason: they are part of the installation.
"""

from __future__ import annotations

import marshal
import os
from importlib import import_module
from typing import Any, NamedTuple


class Content(NamedTuple):
    """The content of a TOML file: its tables, and the line of each table and key by its path."""

    tables: dict[str, Any]
    lines: dict[tuple[str | int, ...], int]


class Prepared(NamedTuple):
    """The prepared form of the TOML file with a text.

    ``names`` are those of all packages if it is a manifest, so that the content is not
    needed to find the manifest that knows a package.
    """

    text: str
    names: tuple[str, ...]
    marshalled: bytes

    def content(self) -> Content:
        """Return the content of the file."""
        return Content(*marshal.loads(self.marshalled))  # noqa: S302 - as above


def text_of(package: str, name: str) -> str:
    """Return the text of a file in a Python package, which may be in a zip archive.

    Raises :class:`OSError` if the file does not exist, and
    :class:`ModuleNotFoundError` if the package does not exist.
    """
    return _bytes_of(package, name).decode("utf-8")


def prepared(package: str, name: str, text: str) -> Prepared | None:
    """Return the prepared form of the TOML file ``name`` with this text, or None."""
    try:
        found = Prepared(*marshal.loads(_bytes_of(package, prepared_name(name))))  # noqa: S302 - as above
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return found if found.text == text else None


def tables_of(package: str, name: str) -> dict[str, Any]:
    """Return the tables of a TOML file in a Python package."""
    text = text_of(package, name)
    if (ready := prepared(package, name, text)) is not None:
        return ready.content().tables
    import tomllib  # noqa: PLC0415 - slow to load, and not needed for a prepared file

    return tomllib.loads(text)


def prepared_name(name: str) -> str:
    """Return the name of the prepared form of a TOML file."""
    return f"{name.removesuffix('.toml')}.prepared"


def _bytes_of(package: str, name: str) -> bytes:
    module = import_module(package)
    loader: Any = module.__spec__.loader if module.__spec__ is not None else None
    data: bytes = loader.get_data(os.path.join(module.__path__[0], name))
    return data
