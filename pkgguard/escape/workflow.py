"""Text in workflow commands, the lines by which a step talks to GitHub's runner."""

from __future__ import annotations

from pkgguard.escape.line import plain


def workflow_text(text: str) -> str:
    """Return a text for the message of a workflow command, in which ``%`` begins an escape."""
    return plain(text).replace("%", "%25")


def workflow_lines(lines: tuple[str, ...]) -> str:
    """Return lines for the message of a workflow command, which is one line itself."""
    return "%0A".join(map(workflow_text, lines))


def workflow_property(text: str) -> str:
    """Return a text for the value of a property, which a colon or a comma would end."""
    return workflow_text(text).replace(":", "%3A").replace(",", "%2C")
