"""The manifests that a manifest extends: each ``extends`` names one, by its name or its path."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from pkgguard.errors import ManifestError, ManifestLimitError
from pkgguard.manifest import catalog
from pkgguard.manifest.hints import Words
from pkgguard.manifest.limits import EXTENDED, LARGEST, NAME, PATH, TABLES, VALUES
from pkgguard.manifest.mistakes import EXTENDS, TOO_LARGE, UNKNOWN_NAME, VALUE, mistake
from pkgguard.manifest.source import InFolder, built_in_source, source_of

if TYPE_CHECKING:
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.manifest.source import Origin, Source

KEY: Final = "extends"
BUILT_IN_SHOWN: Final = "built-in {name}.toml"
"""How messages name a built-in manifest that another one extends."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_FORMS: Final = f'write the name of a manifest, as in {KEY} = "kata", or a path, as in {KEY} = "../base.toml"'


def with_extended(own: Source) -> list[Source]:
    """Return a manifest and those that it extends, the nearest first.

    Raises :class:`ManifestError` if one of them cannot be extended, and
    :class:`ManifestLimitError` if they are too large together.
    """
    chain = [own]
    while KEY in chain[-1].tables:
        last = chain[-1]
        if len(chain) > EXTENDED:
            reason = f"leads to more than {EXTENDED} manifests"
            raise _refused(chain, reason, "put some of them into one manifest")
        origin = _extended(chain, last.tables[KEY])
        if isinstance(origin, str):
            chain.append(built_in_source(f"{origin}.toml", BUILT_IN_SHOWN.format(name=origin)))
            continue
        if origin.file.identity in [one.file.identity for one in chain]:
            named = ", ".join([*(one.shown for one in chain), origin.file.path])
            raise _refused(chain, f"leads back to the same manifest: {named}", "extend each one once")
        chain.append(_read(chain, origin))
        _bound(chain)
    return chain


def _extended(chain: list[Source], value: object) -> Origin | str:
    """Return the origin of the manifest that is named, or the name of a built-in one."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise _refused(chain, "must be a name or a path", _FORMS, VALUE)
    if len(value) > PATH:
        raise _refused(chain, f"has more than {PATH} characters", "shorten it", VALUE)
    if "/" in value or value.endswith(".toml"):
        return _beside(chain, value)
    if value in catalog.BUILT_IN:
        return value
    path = catalog.installed_path(value)
    if not _NAME.fullmatch(value) or len(value) > NAME or not os.path.lexists(path):
        known = Words([*catalog.BUILT_IN, *(one.stem for one in catalog.installed_paths())])
        reason = f"no built-in or installed manifest is called {value!r}"
        raise _refused(chain, reason, known.hint(value), UNKNOWN_NAME)
    return InFolder(path, str(path))


def _beside(chain: list[Source], value: str) -> Origin:
    if value.startswith("/"):
        help = "write a path relative to the folder of this manifest, or the name of an installed one"
        raise _refused(chain, f"{value!r} is an absolute path", help)
    origin = chain[-1].origin.beside(value)
    if origin is None:
        reason = f"there is no file {value!r} beside this manifest"
        raise _refused(chain, reason, "write the name of a built-in or installed manifest")
    return origin


def _read(chain: list[Source], origin: Origin) -> Source:
    try:
        return source_of(origin)
    except ManifestLimitError:
        raise
    except ManifestError as error:
        raise ManifestError(chain[0].shown, error.mistakes) from error
    except OSError as error:
        reason = f"{origin.file.path} cannot be read: {error.strerror or error}"
        raise _refused(chain, reason, "write a path relative to the folder of this manifest") from error


def _bound(chain: list[Source]) -> None:
    """Raise an error if some manifests together are larger than one may be."""
    shape = [sum(numbers) for numbers in zip(*(one.shape for one in chain), strict=True)]
    for number, most, what in zip(shape, (LARGEST, VALUES, TABLES), _COUNTED, strict=True):
        if number > most:
            reason = f"has more than {most} {what}, with those of the manifests that it extends"
            raise ManifestLimitError(chain[0].shown, mistake(TOO_LARGE, 0, reason, "split it by protocol"))


_COUNTED: Final = ("characters", "keys and values", "tables")


def _refused(chain: list[Source], reason: str, help: str, id: str = EXTENDS) -> ManifestError:  # noqa: A002
    """Return the error for the ``extends`` of the last manifest of a chain."""
    return ManifestError(chain[0].shown, (_mistake(chain[-1], reason, help, id),))


def _mistake(source: Source, reason: str, help: str, id: str) -> Diagnostic:  # noqa: A002
    path, line, _ = source.places.where((), KEY)
    return mistake(id, line, reason, help, key=KEY)._replace(path=path)
