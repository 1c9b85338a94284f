"""Text in the values of a control file and of a substvars file."""

from __future__ import annotations

from pkgguard.escape.line import plain


def control_value(text: str) -> str:
    """Return a text for the value of a field in debian/control, on one line.

    dpkg-gencontrol(1) substitutes ``${NAME}`` in every field that it copies, and
    ``${Newline}`` would begin another field (deb-substvars(5)). Not every dpkg
    reads ``${}`` as a dollar sign, so the dollar and the brace are kept apart.
    """
    return plain(text).replace("${", "$ {")


def substvar_value(text: str) -> str:
    """Return a text for the value of a substvar, which is substituted in turn (deb-substvars(5))."""
    return control_value(text)
