"""Text in the values of a control file and of a substvars file."""

from __future__ import annotations

from pkgguard.escape.line import plain


def control_value(text: str) -> str:
    """Return a text for the value of a field in debian/control, on one line.

    dpkg-gencontrol(1) substitutes ``${NAME}`` in every field that it copies:
    ``${Newline}`` would add a line, another substvar its relations (deb-substvars(5)).
    Only dpkg-gencontrol reads ``${}`` as a dollar sign, not the other programs that
    read debian/control, so the dollar and the brace are separated instead.
    """
    return plain(text).replace("${", "$ {")


def substvar_value(text: str) -> str:
    """Return a text for the value of a substvar, on one line.

    Substvars in the result are substituted too; ``${}`` is a literal dollar sign
    (deb-substvars(5)).
    """
    return plain(text).replace("${", "${}{")
