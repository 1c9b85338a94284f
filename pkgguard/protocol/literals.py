"""String literals of source files, by the language that the ending of a name tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST: Final = 200
"""Characters of a literal that two programs may have to agree on; longer ones are texts for people."""

# What is not closed goes to the end, so that nothing is looked at twice.
_SLASHES: Final = r"//[^\n]*+|/\*.*?(?:\*/|\Z)"
_HASH: Final = r"#[^\n]*+"
_DOUBLE: Final = r'"(?P<double>(?:[^"\\\n]|\\.)*+)(?:"|(?=\n)|\Z|\\\Z)'
_LINES: Final = r'"(?P<double>(?:[^"\\]|\\.)*+)(?:"|\Z|\\\Z)'
_SINGLE: Final = r"'(?P<single>(?:[^'\\\n]|\\.)*+)(?:'|(?=\n)|\Z|\\\Z)"
_CHARACTER: Final = r"'(?:[^'\\\n]|\\[^'\n]*+.)'"
_BACKQUOTE: Final = r"`(?P<back>[^`]*+)(?:`|\Z)"
_RUST_RAW: Final = r'\br(?P<marks>#{0,8})"(?P<raw>.*?)(?:"(?P=marks)|\Z)'
_TRIPLE: Final = r'"{3}(?P<triple>.*?)(?:"{3}|\Z)|\'{3}(?P<apart>.*?)(?:\'{3}|\Z)'

_STYLES: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = {
    ("go",): (_SLASHES, _BACKQUOTE, _DOUBLE, _CHARACTER),
    ("rs",): (_SLASHES, _RUST_RAW, _LINES, _CHARACTER),
    ("c", "cc", "cpp", "cxx", "h", "hh", "hpp", "java", "kt", "scala", "cs", "swift"): (
        _SLASHES,
        _DOUBLE,
        _CHARACTER,
    ),
    ("js", "jsx", "ts", "tsx"): (_SLASHES, _BACKQUOTE, _DOUBLE, _SINGLE),
    ("py",): (_HASH, _TRIPLE, _DOUBLE, _SINGLE),
    ("rb", "pl", "sh"): (_HASH, _DOUBLE, _SINGLE),
}
_BY_ENDING: Final = {
    ending: re.compile("|".join(parts), re.DOTALL) for endings, parts in _STYLES.items() for ending in endings
}
_GROUPS: Final = frozenset({"double", "single", "back", "raw", "triple", "apart"})
_ESCAPED: Final = re.compile(r"\\([\"'\\`])")
_RUST_TESTS: Final = re.compile(r"#\[cfg\(test\)\]\s*mod\s")
_KEY: Final = re.compile(r"([A-Za-z][\w.-]{2,})=")


def is_source(name: str) -> bool:
    """Return whether a file has literals, by its name."""
    return name.rpartition(".")[2] in _BY_ENDING


def literals(name: str, text: str) -> Iterator[str]:
    """Yield the literals of a source file, and the key of each that begins like ``key=``.

    One side may write ``"encryption_key=ephemeral"`` where the other one puts it
    together from a key and a value; then they share the key.
    """
    ending = name.rpartition(".")[2]
    if ending == "rs":
        text = _RUST_TESTS.split(text, maxsplit=1)[0]
    for match in _BY_ENDING[ending].finditer(text):
        spend()
        if match.lastgroup not in _GROUPS:
            continue
        found = match[match.lastgroup]
        if 0 < len(found) <= LONGEST and "\n" not in found:
            plain = _ESCAPED.sub(r"\1", found)
            yield plain
            if key := _KEY.match(plain):
                yield key[1]
