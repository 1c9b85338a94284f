"""The parts of rpm itself that decide a verdict: its features and its machines."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

RPMLIB: Final = {
    "rpmlib(BuiltinLuaScripts)": "4.2.2-1",
    "rpmlib(CaretInVersions)": "4.15.0-1",
    "rpmlib(CompressedFileNames)": "3.0.4-1",
    "rpmlib(ConcurrentAccess)": "4.1-1",
    "rpmlib(DynamicBuildRequires)": "4.15.0-1",
    "rpmlib(ExplicitPackageProvide)": "4.0-1",
    "rpmlib(FileCaps)": "4.6.1-1",
    "rpmlib(FileDigests)": "4.6.0-1",
    "rpmlib(HeaderLoadSortsTags)": "4.0.1-1",
    "rpmlib(LargeFiles)": "4.12.0-1",
    "rpmlib(PartialHardlinkSets)": "4.0.4-1",
    "rpmlib(PayloadFilesHavePrefix)": "4.0-1",
    "rpmlib(PayloadIsBzip2)": "3.0.5-1",
    "rpmlib(PayloadIsLzma)": "4.4.2-1",
    "rpmlib(PayloadIsXz)": "5.2-1",
    "rpmlib(PayloadIsZstd)": "5.4.18-1",
    "rpmlib(RichDependencies)": "4.12.0-1",
    "rpmlib(ScriptletExpansion)": "4.9.0-1",
    "rpmlib(ScriptletInterpreterArgs)": "4.0.3-1",
    "rpmlib(TildeInVersions)": "4.10.0-1",
    "rpmlib(VersionedDependencies)": "3.0.3-1",
}
"""The features of rpm 4.18, as ``rpm --showrc`` lists them."""

# arch_compat of rpm's rpmrc: the other architectures that a machine runs.
_RUNS: Final = {
    "alphaev67": "alphaev6",
    "alphaev6": "alphapca56",
    "alphapca56": "alphaev56",
    "alphaev56": "alphaev5",
    "alphaev5": "alpha",
    "alpha": "axp",
    "x86_64": "amd64 em64t athlon",
    "amd64": "x86_64 em64t athlon",
    "ia32e": "x86_64 em64t athlon",
    "athlon": "i686",
    "geode": "i586",
    "pentium4": "pentium3",
    "pentium3": "i686",
    "i686": "i586",
    "i586": "i486",
    "i486": "i386",
    "i386": "fat",
    "ia64": "",
    "aarch64": "",
    "armv8l": "armv7l",
    "armv7l": "armv6l",
    "armv6l": "armv5tejl",
    "armv5tejl": "armv5tel",
    "armv5tel": "armv5tl",
    "armv5tl": "armv4tl",
    "armv4tl": "armv4l",
    "armv4l": "armv3l",
    "armv8hl": "armv7hl",
    "armv7hnl": "armv7hl",
    "armv7hl": "armv6hl",
    "loongarch64": "",
    "m68k": "",
    "mips64": "mips",
    "mips64el": "mipsel",
    "mips64r6": "mipsr6",
    "mips64r6el": "mipsr6el",
    "ppc64": "ppc",
    "ppc64p7": "ppc64",
    "ppc64le": "fat",
    "ppc": "rs6000",
    "riscv64": "",
    "s390x": "s390",
    "sh4a": "sh4",
    "sparc64v": "sparc64",
    "sparc64": "sparcv9",
    "sparcv9": "sparcv8",
    "sparcv8": "sparc",
}

_ISA: Final = {
    "x86-64": "x86_64 amd64 ia32e",
    "x86-32": "i386 i486 i586 i686 pentium3 pentium4 athlon geode",
    "aarch-64": "aarch64",
    "ppc-64": "ppc64 ppc64le ppc64p7",
    "ppc-32": "ppc",
    "s390-64": "s390x",
    "s390-32": "s390",
    "riscv-64": "riscv64",
    "loongarch64-64": "loongarch64",
    "ia-64": "ia64",
    "alpha-64": "alpha",
    "m68k-32": "m68k",
    "mips-32": "mips mipsel",
    "mips-64": "mips64 mips64el",
    "sparc-64": "sparc64",
    "sh-32": "sh3 sh4 sh4a",
    **{
        f"{arm}-32": arm
        for arm in ("armv6hl", "armv6l", "armv7hl", "armv7hnl", "armv7l", "armv8hl", "armv8l")
    },
}


@lru_cache(maxsize=256)
def runs(machine: str) -> frozenset[str]:
    """Return every architecture whose packages a machine accepts (arch_compat of rpmrc)."""
    taken = {machine, "noarch"}
    waiting = [machine]
    while waiting:
        for other in _RUNS.get(waiting.pop(), "").split():
            if other not in taken:
                taken.add(other)
                waiting.append(other)
    return frozenset(taken)


def one_machine(architectures: Iterable[str]) -> bool | None:
    """Return whether one machine accepts packages of all these architectures.

    None if there are several architectures and this table does not know one of them.
    """
    wanted = {one for one in architectures if one != "noarch"}
    if len(wanted) <= 1:
        return True
    machines = wanted | set(_RUNS)
    if any(wanted <= runs(machine) for machine in machines):
        return True
    known = set().union(*(runs(machine) for machine in _RUNS))
    return False if wanted <= known else None


def isa_of(architecture: str) -> str:
    """Return the name of an architecture in rpm's ``name(isa)``, or an empty text."""
    return next((isa for isa, names in _ISA.items() if architecture in names.split()), "")
