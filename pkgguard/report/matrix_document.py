"""The JSON document of a matrix: its grids as ranges, with the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pkgguard.budget import spend
from pkgguard.report.json_document import clean, head, range_entry, reason_entry

if TYPE_CHECKING:
    from pkgguard.compat.matrix import MatrixReason, MatrixRow, ReleaseGrid, ReleaseMatrix
    from pkgguard.manifest.discover import Found


def matrix_document(result: ReleaseMatrix, found: Found) -> dict[str, Any]:
    """Return which releases work together."""
    return clean(head("matrix", found) | {"grids": [_grid(one) for one in result.grids]})


def _grid(grid: ReleaseGrid) -> dict[str, Any]:
    return {
        "client": grid.client,
        "server": grid.server,
        "protocols": list(grid.protocols),
        "client_releases": [str(one) for one in grid.clients],
        "server_releases": [str(one) for one in grid.servers],
        "summary": {"pairs": grid.pairs, "compatible": grid.compatible, "limited": grid.limited},
        "ranges": [_row(grid, one) for one in grid.rows],
        "reasons": [_reason(grid, one) for one in grid.reasons],
    }


def _row(grid: ReleaseGrid, row: MatrixRow) -> dict[str, Any]:
    spend()
    return {
        "clients": range_entry(grid.client_range(row.first, row.end)),
        "compatible": [range_entry(grid.server_range(*span)) for span in row.compatible],
        "limited": [range_entry(grid.server_range(*span)) for span in row.limited],
    }


def _reason(grid: ReleaseGrid, one: MatrixReason) -> dict[str, Any]:
    spend()
    return reason_entry(one.reason) | {
        "clients": [range_entry(grid.client_range(*span)) for span in one.clients],
        "servers": [range_entry(grid.server_range(*span)) for span in one.servers],
    }
