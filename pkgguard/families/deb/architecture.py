"""The architectures that a binary package can be built for.

Sources: deb-control(5) for the field; the tables that dpkg ships in ``/usr/share/dpkg``
(``cputable`` and ``tupletable``; see dpkg-architecture(1)) for the names, which are
those of dpkg 1.20 to 1.22 together. dpkg compares the field with the architectures of
the system literally, and refuses every other one.
"""

from __future__ import annotations

import re
from typing import Final

ALL: Final = "all"

_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


_CPUS: Final = _words(
    "alpha amd64 arc arm arm64 armeb avr32 hppa i386 ia64 loong64 m32r m68k mips mips64 mips64el mips64r6",
    "mips64r6el mipsel mipsr6 mipsr6el nios2 or1k powerpc powerpcel ppc64 ppc64el riscv64 s390 s390x",
    "sh3 sh3eb sh4 sh4eb sparc sparc64 tilegx",
)
_SYSTEMS: Final = _words(
    "aix darwin dragonflybsd freebsd hurd kfreebsd knetbsd kopensolaris musl-linux netbsd openbsd solaris",
    "uclibc-linux uclinux",
)
_OTHERS: Final = _words(
    "arm64ilp32 armel armhf mipsn32 mipsn32el mipsn32r6 mipsn32r6el powerpcspe x32",
    "freebsd-riscv kfreebsd-armhf mint-m68k musl-linux-armhf uclibc-linux-armel uclinux-armel",
)
# The words of wildcards such as linux-any; "native" is for build dependencies.
_SOURCE_ONLY: Final = frozenset({"any", "native", "source"})


def is_known(name: str) -> bool:
    """Return whether dpkg knows an architecture, including ``all``."""
    system, _, cpu = name.rpartition("-")
    return name == ALL or name in _OTHERS or (cpu in _CPUS and (not system or system in _SYSTEMS))


def why_refused(name: str) -> tuple[str, str]:
    """Return why no system accepts a package of an architecture and what to do, or empty texts.

    dpkg refuses texts that are not a word, and words for several architectures, which
    only source packages may have (Debian Policy 11.1).
    """
    if not _WORD.fullmatch(name):
        return f"{name!r} is not an architecture", "name one, or all"
    if not _SOURCE_ONLY.isdisjoint(name.split("-")):
        reason = f"{name!r} is only for source packages, and dpkg refuses it in a binary package"
        return reason, "name the architecture that the package was built for, or all"
    return "", ""


def why_unknown(name: str) -> str:
    """Return why no system accepts a package of an architecture unknown to dpkg, or an empty text."""
    if is_known(name):
        return ""
    meant = name.lower()
    if meant != name and is_known(meant):
        return f"dpkg knows {meant!r} in lower case only"
    return "dpkg does not know this architecture"
