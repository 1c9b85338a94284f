"""The cost of pkgguard and of comparable tools in the same run: CPU seconds, by turns.

    python bench/run.py [--quick] [--only start|small|many|large|growth] [--plots FOLDER]

Needs the Debian packages apt-utils, createrepo-c, dpkg-dev, lintian, rpm and rpmlint.
Missing tools are named and left out. Everything except the plots is written into a
temporary folder.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

import cases  # noqa: E402
from growth import growth  # noqa: E402
from subject import Subject  # noqa: E402

CASES = {"start": cases.start, "small": cases.small, "many": cases.many, "large": cases.large}


def main() -> None:
    """Run the requested cases."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and a smaller growth")
    parser.add_argument("--only", choices=[*CASES, "growth"])
    parser.add_argument("--plots", type=Path, default=HERE / "plots", help="where the plots are written")
    options = parser.parse_args()
    os.environ["LC_ALL"] = "C.UTF-8"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{python}, {platform.machine()}, {len(os.sched_getaffinity(0))} cores")
    with tempfile.TemporaryDirectory() as scratch:
        subject = Subject(ROOT, Path(scratch))
        for name, case in CASES.items():
            if options.only in (None, name):
                few = 3 if name == "many" else 5
                case(subject, 2 if options.quick else few if name != "start" else 15)
        if options.only in (None, "growth"):
            factors, counts = (1, 3, 10, 30, 100), (50, 100, 200, 400, 800)
            if options.quick:
                factors, counts = factors[:3], counts[:3]
            growth(subject, 2 if options.quick else 3, factors, counts, options.plots)


if __name__ == "__main__":
    main()
