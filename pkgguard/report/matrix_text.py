"""Which releases work together, as text: a line for each run of client releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.report.page import counted

if TYPE_CHECKING:
    from pkgguard.compat.matrix import MatrixRow, ReleaseGrid, ReleaseMatrix, Spans
    from pkgguard.report.page import Page


def matrix_page(page: Page, result: ReleaseMatrix) -> None:
    """Add each grid, as ranges of releases."""
    if not result.grids:
        page.line("no protocol joins two components")
    for number, grid in enumerate(result.grids):
        if number:
            page.line()
        page.line(heading(grid), hang=2)
        clients = [f"{grid.client} {grid.client_range(row.first, row.end)}" for row in grid.rows]
        width = max(map(len, clients))
        for client, row in zip(clients, grid.rows, strict=True):
            page.line(f"{client:<{width}}  {servers(grid, row)}", indent=2, hang=width + 2)


def heading(grid: ReleaseGrid) -> str:
    """Return what a grid is about, with the number of pairs that work."""
    limited = f", {grid.limited} of them limited" if grid.limited else ""
    names = ", ".join(grid.protocols)
    protocols = f"protocol{'s' if len(grid.protocols) > 1 else ''} {names}"
    pairs = counted(grid.pairs, "pair")
    return f"{grid.client} with {grid.server} ({protocols}): {grid.compatible} of {pairs} work{limited}"


def servers(grid: ReleaseGrid, row: MatrixRow) -> str:
    """Return the server releases that some client releases work with."""
    limited = f" (limited with {ranges(grid, row.limited)})" if row.limited else ""
    return f"{grid.server} {ranges(grid, row.compatible)}{limited}" if row.compatible else "no release"


def ranges(grid: ReleaseGrid, spans: Spans) -> str:
    """Return some server releases as ranges."""
    return ", ".join(str(grid.server_range(*span)) for span in spans)
