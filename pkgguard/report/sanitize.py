"""Making text from outside safe to print, by the escape for a line."""

from pkgguard.escape.line import plain

__all__ = ["plain", "size_of"]


def size_of(text: str) -> int:
    """Return how many bytes a text may take in memory, without looking at each of its characters."""
    return len(text) if text.isascii() else 4 * len(text)
