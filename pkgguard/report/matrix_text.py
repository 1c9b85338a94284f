"""Which releases work together, as text: a line for each run of client releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.report.page import counted

if TYPE_CHECKING:
    from pkgguard.compat.matrix import ReleaseGrid, ReleaseMatrix, Spans
    from pkgguard.report.page import Page


def matrix_page(page: Page, result: ReleaseMatrix) -> None:
    """Add each grid, as ranges of releases."""
    if not result.grids:
        page.line("no protocol joins two components")
    for number, grid in enumerate(result.grids):
        if number:
            page.line()
        page.line(f"{grid.client} with {grid.server}: {summary(grid)}", hang=2)
        clients = [f"{grid.client} {grid.client_range(row.first, row.end)}" for row in grid.rows]
        width = max(map(len, clients))
        for client, row in zip(clients, grid.rows, strict=True):
            limited = f" (limited with {ranges(grid, row.limited)})" if row.limited else ""
            page.line(
                f"{client:<{width}}  {servers(grid, row.compatible)}{limited}", indent=2, hang=width + 2
            )


def summary(grid: ReleaseGrid) -> str:
    """Return how many pairs of a grid work, and by which protocols."""
    limited = f", {grid.limited} of them limited" if grid.limited else ""
    names = ", ".join(grid.protocols)
    protocols = f"protocol{'s' if len(grid.protocols) > 1 else ''} {names}"
    return f"{grid.compatible} of {counted(grid.pairs, 'pair')} work{limited} ({protocols})"


def servers(grid: ReleaseGrid, spans: Spans) -> str:
    """Return the server releases that some client releases work with."""
    return f"{grid.server} {ranges(grid, spans)}" if spans else "no release"


def ranges(grid: ReleaseGrid, spans: Spans) -> str:
    """Return some server releases as ranges."""
    return ", ".join(str(grid.server_range(*span)) for span in spans)
