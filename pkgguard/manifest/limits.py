"""Every limit on the content of a manifest, each with its reason.

A manifest may come with an untrusted checkout. Limits keep the work in proportion to
its size, and a budget of CPU time is the last safeguard.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from pkgguard.budget import OverBudgetError, budget
from pkgguard.errors import ManifestLimitError
from pkgguard.manifest.mistakes import TOO_LARGE, mistake

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST: Final = 5_000_000
"""Bytes of a manifest: Kata's whole history is 40 kB."""

SECONDS: Final = 1.8
"""CPU time to read and evaluate a manifest. Kata's takes 0.02 seconds, and 100 times as many
releases and changes take 1."""

RELATIONS_SECONDS: Final = 30.0
"""CPU time to generate the relations of every listed release from two manifests. Kata's takes 2."""

VALUES: Final = 150_000
"""Signs between keys and values: tomllib, which cannot be interrupted, takes up to 5 microseconds for each.
100 times Kata's manifest has 100,000."""

WORD: Final = 100_000
"""Characters of a bare word, such as a number or a key: tomllib takes 100 bytes of memory for each."""

KEY_PARTS: Final = 8
"""Parts of a dotted key: a manifest needs four, and tomllib's time grows with the square of their number."""

TABLES: Final = 20_000
"""Headers of tables: 1 kB of memory each in tomllib, and Kata's manifest has 80."""

EXTENDED: Final = 8
"""Manifests that one extends, directly and through others; all of them together have the limits of one."""

PATH: Final = 1024
"""Characters of the path of a manifest that is extended: it is repeated in messages."""

NAME: Final = 128
"""Characters of a name: it is repeated in every message about it."""

THING: Final = 512
"""Characters of an entry of ``what``: it is repeated in the reason of every bound from it."""

SENTENCE: Final = 2000
"""Characters of a text such as ``because``: it is repeated with every relation from it."""

SOURCES: Final = 100
"""Sources of a statement: they are repeated with it."""

ANSWER: Final = 20_000_000
"""Bytes of a command's answer from a manifest, held in memory until it is complete."""

BRANCHES: Final = 32
"""Branches with one change: each is an interval in every set of releases from the change."""

CHANGES_OF_ONE: Final = 128
"""Changes of one thing: the work grows with the square of their number."""

PATTERNS: Final = 256
"""Patterns of files in one manifest: every file of a package is compared with each of them."""

PATTERN: Final = 1024
"""Characters of a pattern of files: every character of a path is compared with all of them at once."""

WILDCARDS: Final = 8
"""Wildcards of a pattern of files: rpm joins all patterns into one regular expression and compiles it."""

HINTS: Final = 200
"""Mistakes with a hint of the nearest valid word: the search takes up to a millisecond."""

TEXT: Final = 1000
"""Characters of each part of a message about a mistake, since one long text may be part of many messages."""


@contextmanager
def manifest_budget(shown: str, seconds: float | None = None) -> Iterator[None]:
    """Limit the code inside to the CPU time of one manifest, or to other ``seconds``.

    ``shown`` is the manifest's name in messages. Raises :class:`ManifestLimitError`
    once they are used up.
    """
    limit = SECONDS if seconds is None else seconds
    try:
        with budget(limit):
            yield
    except OverBudgetError as error:
        if error.seconds != limit:  # the outer budget has ended
            raise
        help = "split it by protocol, or leave out old releases and changes"
        raise ManifestLimitError(shown, mistake(TOO_LARGE, 0, str(error), help)) from error
