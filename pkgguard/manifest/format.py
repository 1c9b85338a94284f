"""The version of the format, which every manifest file names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.manifest.mistakes import MISSING_KEY

if TYPE_CHECKING:
    from pkgguard.manifest.typed_table import Table

FORMAT: Final = 1
"""The required value of ``manifest``."""


def note_format(table: Table) -> None:
    """Note a mistake unless the top of a file says that it is a manifest of this format."""
    number = table.take("manifest")
    if number is None:
        table.note("manifest", "is missing", f"add manifest = {FORMAT} at the top", MISSING_KEY)
    elif number != FORMAT or type(number) is not int:
        shown = repr(number)[:20] if isinstance(number, int | float | str) else "no number"
        table.note("manifest", f"is {shown}, and this pkgguard reads {FORMAT}")
