"""Fingerprints, by which the programs that read a report recognize a finding in the next one."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkgguard.report.reported import Reported


class Fingerprints:
    """Makes the fingerprints of one report: a finding has the same one in each run, and no two share one.

    A fingerprint does not depend on lines, nor on the folder in which a package is.
    Diagnostics that say the same of the same thing are numbered.
    """

    def __init__(self) -> None:
        self._seen: Counter[bytes] = Counter()

    def of(self, reported: Reported) -> str:
        """Return the fingerprint of the next diagnostic, in hexadecimal."""
        one = reported.diagnostic
        where = list(one.package) if one.package is not None else reported.places[0].path
        key = json.dumps([one.id, where, one.part, one.peer, one.relations, one.message]).encode()
        digest = sha256(key).digest()
        self._seen[digest] += 1
        return sha256(digest + str(self._seen[digest]).encode()).hexdigest()
