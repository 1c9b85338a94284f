"""Make text from packages and manifests safe to print."""

from pkgguard.escape.line import plain

__all__ = ["plain", "size_of"]


def size_of(text: str) -> int:
    """Return an upper bound of a text's size in bytes, without looking at each character."""
    return len(text) if text.isascii() else 4 * len(text)
