"""Every limit on the content of a package file, each with its reason.

A package is untrusted: its own claims do not decide how much is read, inflated or
computed. Every size has a limit and all work grows in proportion to it, so time has a
limit too. A budget of CPU time is the last safeguard.
"""

from __future__ import annotations

from typing import Final

AR_MEMBERS: Final = 64
"""Members of a .deb: deb(5) has three, and allows more that begin with ``_`` or follow the data."""

CONTROL_MEMBER: Final = 16 * 2**20
"""Compressed bytes of the control member, since all of them are held in memory."""

CONTROL_INFLATED: Final = 32 * 2**20
"""Inflated bytes of the control member: the ``md5sums`` of 300,000 files, but no decompression bomb."""

CONTROL_FILES: Final = 1024
"""Files in the control member: each costs work, and maintainer scripts and tables are few."""

CONTROL_FILE: Final = 2**20
"""Bytes of the file ``control``: at worst a second to parse and 130 MB, measured."""

TAR_NAME: Final = 4096
"""Bytes of an extended tar header: room for a path as long as Linux allows (PATH_MAX)."""

TAR_DEPTH: Final = 64
"""Directories above a file in the control member: in practice there are none, and each costs work."""

GZIP_STREAMS: Final = 16
"""Consecutive streams in a gzip member: dpkg-deb reads them all, and each costs a set-up."""

XZ_MEMORY: Final = 96 * 2**20
"""Memory of the xz decoder: ``xz -9`` needs 65 MiB; this is a little more."""

ZSTD_WINDOW: Final = 2**27
"""Window of the zstd decoder: the limit of the ``zstd`` program itself."""

ZSTD_PIECE: Final = 64
"""Bytes fed to zstd at once: its shortest block, 4 bytes, inflates to 128 KiB, so at most 2 MiB come out."""

RPM_TAGS: Final = 0xFFFF
"""Tags of an rpm header: rpm's own limit (HEADER_TAGS_MAX)."""

RPM_STORE: Final = 64 * 2**20
"""Bytes of an rpm header's data, held in memory: 400,000 files need less. rpm's own limit is 256 MiB."""

RPM_SIGNATURE_TAGS: Final = 32
"""Tags of an rpm signature header: rpm's own limit."""

RPM_SIGNATURE_STORE: Final = 64 * 2**20
"""Bytes of an rpm signature header's data: rpm's own limit; signatures of files need that much."""

RPM_ARRAY: Final = 0xFFFFF
"""Elements of an array in an rpm header: rpm's own limit."""

RPM_READ: Final = 8 * 2**20
"""Bytes of the rpm tags that are read: 160 for each allowed relation."""

RELATIONS: Final = 50_000
"""Relations of one package: enough for a kernel that provides its symbols, and half a second to parse."""

DIGITS: Final = 640
"""Consecutive digits in a version: Python may refuse longer numbers, and nobody writes them."""

VERSION: Final = 2**17
"""Characters of an rpm version: thousands of times as long as any real one, and each costs work."""

ALTERNATIVES: Final = 256
"""Constraints in one clause or rich dependency: the longest clause in Debian 12 has 22 alternatives."""

RELATION_TEXT: Final = 8 * 2**20
"""Bytes of the relations of all packages of one call, which take up to 30 times as much memory once they
are judged: those of 15,000 ordinary packages, or of half a dozen hostile ones."""

READ_SECONDS: Final = 0.8
"""Seconds of CPU time to read one file: a kernel with 20,000 relations takes 0.5, other packages 0.01."""

JUDGE_SECONDS: Final = 0.7
"""Seconds of CPU time to judge one package: real ones take a hundredth of it."""

PAIR_SECONDS: Final = 0.5
"""Seconds of CPU time to judge whether two given packages can be installed together, and for all slow pairs
of one package. Real pairs take a thousandth of it."""

ORDINARY_PAIR_SECONDS: Final = 0.01
"""Seconds of CPU time up to which a pair is not slow, and not counted."""

PROBLEMS: Final = 20
"""Reasons given why packages cannot be installed together: each contains complete versions and clauses, so
all of them together could grow with the product of both."""
