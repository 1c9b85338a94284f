"""Making text from outside safe to print, by the escape for a line."""

from pkgguard.escape.line import plain

__all__ = ["plain"]
