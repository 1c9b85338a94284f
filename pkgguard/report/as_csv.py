"""The format ``csv``: a row for each pair of releases, after a row of titles."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.compat.matrix import blocks
from pkgguard.escape.csv import csv_cell
from pkgguard.manifest import limits
from pkgguard.report.written import bounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.compat.matrix import MatrixBlock
    from pkgguard.report.answers import MatrixAnswer
    from pkgguard.report.look import Look

_TITLES: Final = ("client", "client_release", "server", "server_release", "verdict", "reasons")
_REASONS: Final = 3
"""How many reasons a cell has; Kata's pairs have up to 61."""


def render(answer: MatrixAnswer, look: Look) -> Iterator[str]:
    """Yield the pairs of all grids."""
    del look
    yield from bounded(_lines(answer), limits.ANSWER)


def _lines(answer: MatrixAnswer) -> Iterator[str]:
    yield _line(_TITLES)
    for grid in answer.result.grids:
        clients, servers = ([csv_cell(str(one)) for one in some] for some in (grid.clients, grid.servers))
        for row in blocks(grid):
            ends = [(_servers(block, servers), block.verdict, _reasons(block)) for block in row]
            for client in clients[slice(*row[0].clients)]:
                spend()
                for names, verdict, reasons in ends:
                    for server in names:
                        yield _line(
                            (csv_cell(grid.client), client, csv_cell(grid.server), server, verdict, reasons)
                        )


def _servers(block: MatrixBlock, names: list[str]) -> list[str]:
    return names[slice(*block.servers)]


def _reasons(block: MatrixBlock) -> str:
    sentences = [one.sentence for one in block.reasons[:_REASONS]]
    if len(block.reasons) > _REASONS:
        sentences.append(f"and {len(block.reasons) - _REASONS} more")
    return csv_cell(" | ".join(sentences))


def _line(cells: tuple[str, ...]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(cells)
    return stream.getvalue()
