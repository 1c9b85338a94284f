"""How long the HTML page of a matrix takes to open in Chromium, and to unfold all its releases.

    python bench/matrix_page.py [--runs N]

Prints the median and the range of three times, in milliseconds: until the page is drawn
with its series folded, from the click that shows every release until the whole grid is
drawn, and from the choice of a filter until it is drawn again. Needs the Debian package
chromium.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from real.chromium import Chromium  # noqa: E402

from pkgguard import api  # noqa: E402

DRAWN = "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));"
OPENED = f"(async () => {{ {DRAWN} return performance.now(); }})()"
UNFOLD = 'document.querySelector("[data-level=\\"0\\"]").click();'
FILTER = """
const list = document.getElementById("need");
list.value = "optional";
list.dispatchEvent(new Event("change"));
"""


def timed(action: str) -> str:
    """Return the expression that does something in the page and waits until it is drawn."""
    start, end = "const start = performance.now();", "return performance.now() - start;"
    return f"(async () => {{ {start} {action} {DRAWN} {end} }})()"


def measured(runs: int, folder: Path) -> dict[str, list[float]]:
    """Return the times of each step, without the first run, which also starts the browser."""
    project = api.Project(api.built_in())
    page = folder / "matrix.html"
    page.write_text(project.render(project.matrix(), "html"), "utf-8")
    steps = {"open": OPENED, "unfold 126 x 126": timed(UNFOLD), "filter 126 x 126": timed(FILTER)}
    found: dict[str, list[float]] = {name: [] for name in steps}
    with Chromium(folder / "profile") as browser:
        for _ in range(runs + 1):
            browser.open("about:blank")
            browser.open(page.as_uri())
            for name, expression in steps.items():
                found[name].append(browser.value(expression))
    return {name: times[1:] for name, times in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    with tempfile.TemporaryDirectory() as folder:
        for name, times in measured(parser.parse_args().runs, Path(folder)).items():
            print(f"{name:<18} {median(times):5.0f} ms ({min(times):.0f} to {max(times):.0f})")


if __name__ == "__main__":
    main()
