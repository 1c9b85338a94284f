"""The hook of mkdocs.yml: what the pages have on a forge and not in a site.

A folder in the navigation stands for its pages. A link that leaves docs/ leads to a
file of the source, which the site does not have: its text and the path remain.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_LINK: Final = re.compile(r"(?<!!)\[([^\]]*)\]\((\.\./[^)#\s]*)(?:#[^)]*)?\)")


def on_config(config: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the pages of each folder into the navigation; mkdocs calls it."""
    config["nav"] = with_pages(config["nav"], Path(config["docs_dir"]))
    return config


def with_pages(nav: list[Any], docs: Path) -> list[Any]:
    """Return a navigation in which the pages of a folder are in place of its name."""
    entries: list[Any] = []
    for entry in nav:
        if isinstance(entry, str) and entry.endswith("/"):
            entries += [
                f"{entry}{path.name}" for path in sorted((docs / entry).glob("*.md")) if path.stem != "README"
            ]
        elif isinstance(entry, dict):
            entries.append(
                {
                    title: with_pages(part, docs) if isinstance(part, list) else part
                    for title, part in entry.items()
                }
            )
        else:
            entries.append(entry)
    return entries


def on_page_markdown(markdown: str, page: Any, **_: object) -> str:
    """Return a page without links that leave docs/; mkdocs calls it."""
    return inside(markdown, page.file.src_uri)


def inside(markdown: str, page: str) -> str:
    """Return the text of a page, a path below docs/, with paths in place of links that leave docs/."""

    def replaced(link: re.Match[str]) -> str:
        text, target = link.groups()
        path = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page), target))
        if path.startswith("docs/"):
            return link.group()
        return f"`{path}`" if text.strip("`") == path else f"{text} (`{path}`)"

    return _LINK.sub(replaced, markdown)
