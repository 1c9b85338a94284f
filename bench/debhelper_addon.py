"""The cost of the debhelper addon in a small package's build, compared with debhelper's own steps.

    python bench/debhelper_addon.py [--runs N]

dpkg-buildpackage builds a source of one C library and a program linked against it, with
the addon. Then each step is run again in the tree of that build and measured, including
its child processes. Needs the Debian packages build-essential and debhelper. Everything
is built in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from measure import Cost, Entry, Spread, compare, show  # noqa: E402
from real.source import Addon, Source  # noqa: E402

MANIFEST = ROOT / "examples/pause-container/pkgguard.toml"
CONTROL = """\
Source: kata-runtime
Maintainer: Nobody <nobody@example.org>
Build-Depends: debhelper-compat (= 13), dh-sequence-pkgguard
Standards-Version: 4.6.2

Package: kata-runtime
Architecture: any
Depends: ${pkgguard:Depends}, ${shlibs:Depends}, ${misc:Depends}
Breaks: ${pkgguard:Breaks}
Description: test package
 A program and its library.

Package: libkata1
Architecture: any
Depends: ${shlibs:Depends}, ${misc:Depends}
Description: test library
 A library.
"""
RULES = """\
#!/usr/bin/make -f
%:
\tdh $@
override_dh_auto_build:
\tgcc -shared -fPIC -Wl,-soname,libkata.so.1 -o libkata.so.1 library.c
\tgcc -o kata-runtime program.c ./libkata.so.1
override_dh_auto_install:
\tinstall -D -m 755 kata-runtime debian/kata-runtime/usr/bin/kata-runtime
\tinstall -D -m 644 libkata.so.1 debian/libkata1/usr/lib/libkata.so.1
"""
FILES = {
    "debian/control": CONTROL,
    "debian/rules": RULES,
    "library.c": "int kata(void) { return 0; }\n",
    "program.c": "int kata(void);\nint main(void) { return kata(); }\n",
    "debian/pkgguard.toml": MANIFEST.read_text(encoding="utf-8"),
}


def main() -> None:
    """Build once, measure each step, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    rounds = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as scratch:
        addon = Addon(Path(scratch, "addon"))
        source = Source("1.1.0-1", ("kata-runtime",), FILES).write(Path(scratch, "source"))
        addon.build(source).checked()

        def step(*words: str) -> Entry:
            return Entry(words[0], [words], addon.environment, source)

        peers = [step(name) for name in ("dh_makeshlibs", "dh_shlibdeps")]
        ours = [step(name) for name in ("dh_pkgguard_precheck", "dh_pkgguard", "dh_pkgguard_check")]
        found = compare("each step in a small package's build", [*peers, *ours], rounds)
        both, added = together(found[:2]), together(found[2:])
        show("dh_makeshlibs and dh_shlibdeps", both, both)
        show("the three steps of the addon", added, both)
        build = step("dpkg-buildpackage", "--no-sign", "--build=binary", "-d")
        (whole,) = compare("the same build as a whole", [build], 2)
        show("of it the addon", added, whole)


def together(costs: list[Cost]) -> Cost:
    """Return the total cost of some steps in each round."""
    rounds = zip(*(one.cpu.values for one in costs), strict=True)
    return Cost(Spread(tuple(map(sum, rounds))), max(one.memory for one in costs))


if __name__ == "__main__":
    os.environ["LC_ALL"] = "C.UTF-8"
    main()
