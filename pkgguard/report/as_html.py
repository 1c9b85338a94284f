"""The format ``html``: one page for a browser, without anything from the network.

The texts are in the page once, as elements that are readable without the script. The
script gets numbers and names, and copies these elements.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import pkgguard
from pkgguard.budget import spend
from pkgguard.escape.html import link_target
from pkgguard.escape.line import plain
from pkgguard.manifest import limits
from pkgguard.manifest.model import Need
from pkgguard.report.matrix_text import ranges, servers, summary
from pkgguard.report.render import pieces, source
from pkgguard.report.written import bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pkgguard.compat.matrix import MatrixReason, ReleaseGrid
    from pkgguard.diagnostics import Position
    from pkgguard.report.answers import MatrixAnswer
    from pkgguard.report.look import Look
    from pkgguard.versions.release import Release

SCRIPTS: Final = ("matrix_model.js", "matrix_table.js", "matrix.js")
"""The parts of the script, in order."""


def render(answer: MatrixAnswer, look: Look) -> Iterator[str]:
    """Yield the page."""
    del look
    style, script = source("matrix.css"), "".join(map(source, SCRIPTS))
    page = pieces(
        "matrix.html",
        policy=f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}';"
        " base-uri 'none'; form-action 'none'",
        style=style,
        script=script,
        version=pkgguard.__version__,
        project=answer.found.manifest.project,
        manifest=answer.found.path,
        origin=answer.found.origin,
        grids=[_texts(number, grid) for number, grid in enumerate(answer.result.grids)],
        data=[_data(number, grid) for number, grid in enumerate(answer.result.grids)],
    )
    yield from bounded(page, limits.ANSWER)


def _digest(text: str) -> str:
    """Return what a content security policy calls a source."""
    return f"sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def _id(number: int, place: int) -> str:
    return f"reason-{number}-{place}"


def _texts(number: int, grid: ReleaseGrid) -> dict[str, Any]:
    """Return what the page says of a grid."""
    return {
        "client": grid.client,
        "server": grid.server,
        "summary": f"{summary(grid)}.",
        "has_limits": bool(grid.limited),
        "rows": [
            {
                "clients": str(grid.client_range(row.first, row.end)),
                "compatible": servers(grid, row.compatible),
                "limited": ranges(grid, row.limited),
            }
            for row in grid.rows
        ],
        "reasons": [_reason(number, place, grid, one) for place, one in enumerate(grid.reasons)],
    }


def _reason(number: int, place: int, grid: ReleaseGrid, one: MatrixReason) -> dict[str, Any]:
    spend()
    reason = one.reason
    clients = ", ".join(str(grid.client_range(*span)) for span in one.clients)
    rows = {
        "why": reason.because if reason.because not in reason.sentence else "",
        "hits": reason.hits,
        "symptom": reason.symptom,
        "what": "" if all(thing in reason.sentence for thing in reason.what) else ", ".join(reason.what),
        "need": "optional" if reason.need is Need.OPTIONAL else "",
        "pairs": f"{grid.client} {clients} with {grid.server} {ranges(grid, one.servers)}",
        "protocol": reason.protocol if len(grid.protocols) > 1 else "",
        "manifest": _entry(reason.position),
    }
    return {
        "id": _id(number, place),
        "sentence": reason.sentence,
        "details": [(label, text) for label, text in rows.items() if text],
        "see": [{"text": text, "target": link_target(text)} for text in reason.see],
    }


def _data(number: int, grid: ReleaseGrid) -> dict[str, Any]:
    """Return what the script needs of a grid."""
    return {
        "client": plain(grid.client),
        "server": plain(grid.server),
        "rows": _axis(grid.clients),
        "columns": _axis(grid.servers),
        "reasons": [
            {
                "id": _id(number, place),
                "optional": one.reason.need is Need.OPTIONAL,
                "hits": plain(one.reason.hits),
                "rows": one.clients,
                "columns": one.servers,
            }
            for place, one in enumerate(grid.reasons)
        ],
    }


def _axis(releases: Sequence[Release]) -> dict[str, Any]:
    return {
        "names": [plain(str(one)) for one in releases],
        "series": _runs(releases, lambda one: one.branch),
        "majors": _runs(releases, lambda one: (one.major,)),
    }


def _runs(
    releases: Sequence[Release], numbers: Callable[[Release], tuple[object, ...]]
) -> list[tuple[str, int, int]]:
    """Return the runs of releases with the same first numbers: the numbers, the first place and the end."""
    found = []
    for series, run in groupby(range(len(releases)), key=lambda place: numbers(releases[place])):
        spend()
        places = list(run)
        found.append((".".join(map(str, series)), places[0], places[-1] + 1))
    return found


def _entry(position: Position) -> str:
    """Return the line of an entry, with its file if the manifest extends that, or an empty text."""
    if position.inherited:
        return str(position)
    return f"line {position.line}" if position.line else ""
