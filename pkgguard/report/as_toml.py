"""The format ``toml``: the content of a manifest, without comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.manifest.serialize import write_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.report.answers import ManifestAnswer
    from pkgguard.report.look import Look


def render(answer: ManifestAnswer, look: Look) -> Iterator[str]:
    """Yield a manifest as TOML."""
    del look
    yield write_manifest(answer.found.manifest)
