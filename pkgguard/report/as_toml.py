"""The format ``toml``: the content of a manifest; in a sum, comments tell where each part stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.budget import spend
from pkgguard.manifest.origins import origins
from pkgguard.manifest.serialize import as_document, write_manifest
from pkgguard.manifest.toml_positions import Locator
from pkgguard.report.manifest_text import files_line, taken_out_line
from pkgguard.report.sanitize import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.manifest.model import Manifest
    from pkgguard.report.answers import ManifestAnswer
    from pkgguard.report.look import Look


def render(answer: ManifestAnswer, look: Look) -> Iterator[str]:
    """Yield a manifest as TOML."""
    del look
    manifest = answer.found.manifest
    text = write_manifest(manifest)
    yield _with_origins(text, manifest) if manifest.is_sum else text


def _with_origins(text: str, manifest: Manifest) -> str:
    """Return a text with a comment behind each table and key that says where it stands."""
    lines = text.split("\n")
    line_of = Locator(text).lines
    comments: dict[int, dict[str, None]] = {}
    for place, positions in origins(manifest, as_document(manifest)):
        if place in line_of:
            comments.setdefault(line_of[place], {}).update(dict.fromkeys(map(str, positions)))
    for number, found in comments.items():
        spend()
        lines[number - 1] += f"  # {plain(', '.join(found))}"
    head = [f"# {plain(files_line(manifest))}"]
    head += [f"# {plain(taken_out_line(one))}" for one in manifest.taken_out]
    return "\n".join([*head, "", *lines])
