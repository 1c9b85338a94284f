"""Filling the gaps of a drafted manifest: a person at a terminal is asked for each."""

from __future__ import annotations

import re
import sys
from typing import Final

import click

from pkgguard.escape.line import plain
from pkgguard.escape.toml import toml_string
from pkgguard.manifest.gaps import MARK

_GAP: Final = re.compile(rf'"{re.escape(MARK)}((?:[^"\\\n]|\\.)*)"')


def count_gaps(draft: str) -> int:
    """Return how many gaps a drafted manifest has."""
    return len(_GAP.findall(draft))


def fill_gaps(draft: str) -> str:
    """Ask for each gap of a drafted manifest, if a person is at a terminal, and return what is then known.

    An empty answer leaves the gap. In a list, an answer may be several texts with
    commas.
    """
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
        return draft
    click.echo(f"{count_gaps(draft)} questions; an empty answer leaves a gap to fill in later", err=True)
    return _GAP.sub(_answer, draft)


def _answer(found: re.Match[str]) -> str:
    asked = plain(found[1].replace('\\"', '"').replace("\\\\", "\\"))
    answer = str(click.prompt(asked, default="", show_default=False, err=True)).strip()
    if not answer:
        return found[0]
    in_list = found.string[: found.start()].rstrip().endswith(("[", ","))
    texts = [one.strip() for one in answer.split(",")] if in_list else [answer]
    return ", ".join(toml_string(one) for one in texts if one)
