"""The format ``github``: workflow commands, which GitHub shows as annotations of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.diagnostics import Severity
from pkgguard.escape.workflow import workflow_lines, workflow_property
from pkgguard.manifest import limits
from pkgguard.report import written
from pkgguard.report.answers import CheckAnswer
from pkgguard.report.reported import reported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.report.look import Look
    from pkgguard.report.reported import Checked, Reported

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(answer: Checked, look: Look) -> Iterator[str]:
    """Yield a workflow command for each diagnostic."""
    del look
    commands = map(_command, reported(answer))
    yield from commands if isinstance(answer, CheckAnswer) else written.bounded(commands, limits.ANSWER)


def _command(one: Reported) -> str:
    place = one.places[0]
    properties = {"title": f"pkgguard: {one.diagnostic.id}", "file": place.path}
    if place.line:
        properties["line"] = str(place.line)
    said = ",".join(f"{name}={workflow_property(value)}" for name, value in properties.items())
    message = workflow_lines((one.sentence, *one.details))
    return f"::{_COMMANDS[one.diagnostic.severity]} {said}::{message}\n"
