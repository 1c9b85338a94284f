"""Verifying the digests of an rpm header, as rpm does.

Source: rpm's manual on signatures and digests, and ``lib/rpmvs.c``: the digests of the
header alone are the tags SHA1HEADER and SHA256HEADER of the signature header. They are
hexadecimal texts and include the header's magic. Each digest must be correct. As in
``rpm -qp``, a package without digests is read, because rpm before 4.0 did not write
them.

Not verified are the MD5 digest and the sizes, which include the payload and which ``rpm
-qp`` does not verify either, and OpenPGP signatures, because pkgguard does not know
which keys are trusted.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from pkgguard.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Iterable

_STRING: Final = 6
_HEX: Final = re.compile(rb"([0-9A-Fa-f]+)\0")
_DIGESTS: Final = {269: ("SHA1", "sha1", 40), 273: ("SHA256", "sha256", 64)}


def check_digests(where: str, signature: Iterable[tuple[int, int, bytes]], header: bytes) -> None:
    """Compare a header with the digests in a signature header.

    ``signature`` has the (tag, type, start of the data) of each entry. Raises
    :class:`PackageError` for a malformed or wrong digest.
    """
    for tag, kind, data in signature:
        if tag not in _DIGESTS:
            continue
        name, algorithm, length = _DIGESTS[tag]
        place = f"signature header, tag {tag}"
        found = _HEX.match(data)
        if kind != _STRING or not found or len(found[1]) != length:
            raise PackageError(where, place, f"it is not a {name} digest", "copy or build the file again")
        declared = found[1].decode("ascii").lower()
        actual = hashlib.new(algorithm, header, usedforsecurity=False).hexdigest()
        if declared != actual:
            raise PackageError(
                where,
                "header",
                f"the {name} digest of the header is wrong: it should be {declared} and is {actual}",
                "the file was changed after it was built; fetch or build it again",
            )
