"""Every limit on the content of a protocol's files, each with its reason.

The files may come from an untrusted checkout. Everything is counted while it is read,
and a budget of CPU time is the last safeguard.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from pkgguard.budget import OverBudgetError, budget
from pkgguard.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterator

DESCRIPTORS: Final = 4 * 2**20
"""Bytes of a descriptor set: that of Kata has 50 kB, and that of Kubernetes' API 1 MB. The protobuf runtime
takes up to 80 times as much memory for one that consists of empty messages."""

FILES: Final = 5_000
"""Files of a descriptor set: Kubernetes' API has 60."""

PROTO: Final = 2 * 2**20
"""Bytes of one .proto file: Kubernetes' largest has 200 kB."""

PROTOS: Final = 256
"""Files of one protocol, with those that they import: Kata has 5."""

RECORD: Final = 5_000_000
"""Bytes of a record: Kata's whole history has 40 kB."""

ELEMENTS: Final = 50_000
"""Services, methods, messages, fields, enums, values and reserved ranges of one protocol: Kata has 700."""

DEPTH: Final = 32
"""Messages inside one another: protoc itself allows 32."""

NAME: Final = 512
"""Characters of a full name: it is repeated in every message about it."""

VALUE: Final = 1000
"""Characters of a default value: it is repeated in every message about it."""

PAIRS: Final = 100_000
"""Pairs of an old and a new message that are compared: one for each message, unless types were exchanged."""

RELEASES: Final = 5_000
"""Releases of one record: Kata has 126."""

SOURCE_FILE: Final = 4 * 2**20
"""Bytes of a source file or of a folder's listing in git: files written by hand are far smaller."""

SOURCE_FILES: Final = 20_000
"""Source files of one version: Kata's runtimes and its agent have 800."""

WORDS_SECONDS: Final = 60.0
"""CPU time to read the sources of both sides in two versions: Kata's take 3."""

SECONDS: Final = 5.0
"""CPU time of one command on protocols: Kata's 126 releases take 1."""

PATIENCE: Final = 60.0
"""Seconds after which protoc is ended: Kata's files take it 0.02."""

PROTOC_SECONDS: Final = 20
"""CPU time of protoc, in whole seconds, as the system limits it."""

PROTOC_MEMORY: Final = 2**30
"""Bytes of memory of protoc, as the system limits it."""


@contextmanager
def protocol_budget(seconds: float | None = None) -> Iterator[None]:
    """Limit the code inside to the CPU time of one command; raise :class:`ProtocolError` at its end."""
    most = SECONDS if seconds is None else seconds
    try:
        with budget(most):
            yield
    except OverBudgetError as error:
        if error.seconds != most:  # another budget has ended
            raise
        raise ProtocolError("the protocol", "", str(error), "leave out what is not used") from error
