"""Applying a unified diff."""

from __future__ import annotations

import re


def patched(text: str, diff: list[str]) -> str:
    """Return a text with a unified diff applied; line ends are those of the text."""
    end = "\r\n" if "\r\n" in text else "\n"
    old, new, at = re.findall("[^\n]*\n|[^\n]+$", text), [], 0
    for number, line in enumerate(diff[2:], 3):
        whole = not diff[number:] or not diff[number].startswith("\\")
        body = line[1:] + (end if whole else "")
        if line.startswith("@@"):
            start = int(line.split()[1][1:].partition(",")[0]) - 1
            new += old[at:start]
            at = start
            assert len(new) == int(line.split()[2][1:].partition(",")[0]) - 1
        elif line[0] in " -":
            assert old[at] == body
            at += 1
        if line[0] in " +":
            new.append(body)
    return "".join(new + old[at:])
