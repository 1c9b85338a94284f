"""Text in the values of a control file and of a substvars file."""

from __future__ import annotations

from pkgguard.escape.line import plain


def control_value(text: str) -> str:
    """Return a text for the value of a field in debian/control, on one line.

    dpkg-gencontrol(1) substitutes ``${NAME}`` in every field that it copies:
    ``${Newline}`` would add a line, another substvar its relations
    (deb-substvars(5)). Of the programs that read debian/control only that one
    takes ``${}`` for a dollar sign, so the dollar and the brace are kept apart.
    """
    return plain(text).replace("${", "$ {")


def substvar_value(text: str) -> str:
    """Return a text for the value of a substvar, on one line.

    What is substituted is substituted in turn; ``${}`` stands for a dollar sign
    that begins nothing (deb-substvars(5)).
    """
    return plain(text).replace("${", "${}{")
