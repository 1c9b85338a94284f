"""Docstrings, comments, messages, docs and templates avoid a few phrases (tests/data/habits.toml)."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
HABITS = tomllib.loads((ROOT / "tests/data/habits.toml").read_text("utf-8"))
EXCEPTIONS = tuple(HABITS["exceptions"])
PHRASES = [(entry, re.compile(entry["matches"])) for entry in HABITS["phrase"]]
BEGINNINGS = [(entry, re.compile(entry["begins"])) for entry in HABITS["docstring"]]

FOLDERS = ("bench", "debian", "docs", "examples", "pkgguard", "rpm", "templates", "tests", "tools")
TEXTS = (
    "*.md", "action.yml", ".pre-commit-*.yaml", "pyproject.toml", "setup.cfg", "ci/*", "debian/*",
    "debian/[dstu]*/*", "docs/**/*.md", "examples/**/*.md", "examples/**/*.toml", "bench/*.md",
    "pkgguard/**/*.toml", "pkgguard/**/*.j2", "rpm/*", "templates/*.j2",
)  # fmt: skip
CONSOLE = re.compile(r"^```console\n.*?^```$", re.DOTALL | re.MULTILINE)
OWNERS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def sources() -> list[Path]:
    return [ROOT / "setup.py", *(path for name in FOLDERS for path in sorted((ROOT / name).rglob("*.py")))]


def texts() -> list[Path]:
    paths = {path for pattern in TEXTS for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(path for path in paths if path.suffix != ".py")


def looked_at(path: Path) -> bool:
    return not path.relative_to(ROOT).as_posix().startswith(EXCEPTIONS)


def docstrings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the docstrings, of constants and attributes too, with their lines."""
    for node in ast.walk(tree):
        for child in getattr(node, "body", ()) if isinstance(node, OWNERS) else ():
            value = child.value if isinstance(child, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield child.lineno, value.value


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield every string literal of several words, the parts of an f-string joined, with its line."""
    inside = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (str(one.value) if isinstance(one, ast.Constant) else "x" for one in node.values)
            yield node.lineno, "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inside:
            yield node.lineno, node.value


def comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield every comment with the line on which it begins; one of several lines is yielded once."""
    block, first, last = "", 0, -1
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            if token.start[0] != last + 1 and block:
                yield first, block
                block = ""
            first = first if block else token.start[0]
            block, last = f"{block} {token.string.lstrip('#:')}", token.start[0]
    if block:
        yield first, block


def bad_phrases(text: str) -> Iterator[str]:
    # A sentence goes on after a line break.
    flat = " ".join(text.split())
    for entry, expression in PHRASES:
        for match in expression.finditer(flat):
            around = flat[max(0, match.start() - 30) : match.end() + 30]
            yield f"{match.group()!r} in {around!r}: write {entry['write']}"


def hits_in_source(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    place = path.relative_to(ROOT)
    for line, comment in comments(text):
        yield from (f"{place}:{line}: {hit}" for hit in bad_phrases(comment))
    documented = list(docstrings(tree))
    for line, text in documented:
        for entry, expression in BEGINNINGS:
            if expression.match(text):
                yield f"{place}:{line}: begins with {text.split()[0]!r}: write {entry['write']}"
    # A test may quote what a tool says, but describes what it does like all other code.
    for line, text in documented if place.parts[0] == "tests" else literals(tree):
        if " " in text.strip():
            yield from (f"{place}:{line}: {hit}" for hit in bad_phrases(text))


def hits_in_text(path: Path) -> Iterator[str]:
    place = path.relative_to(ROOT)
    # What a command prints comes from a source, where it is looked for.
    text = CONSOLE.sub("", path.read_text("utf-8", "replace"))
    yield from (f"{place}: {hit}" for hit in bad_phrases(text))


def test_sources_avoid_the_phrases() -> None:
    hits = [hit for path in sources() if looked_at(path) for hit in hits_in_source(path)]
    assert not hits, "\n" + "\n".join(hits)


def test_documentation_and_templates_avoid_the_phrases() -> None:
    hits = [hit for path in texts() if looked_at(path) for hit in hits_in_text(path)]
    assert not hits, "\n" + "\n".join(hits)


@pytest.mark.parametrize(("entry", "expression"), PHRASES, ids=lambda one: getattr(one, "pattern", ""))
def test_each_phrase_is_found_and_its_replacement_is_not(
    entry: dict[str, str], expression: re.Pattern[str]
) -> None:
    assert expression.search(entry["wrong"])
    assert not list(bad_phrases(entry["right"]))


def test_a_hit_is_found_in_a_docstring_a_comment_a_message_and_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("test_habits.ROOT", tmp_path)
    source = tmp_path / "module.py"
    source.write_text(
        '# It is no\n# number.\ndef f(x):\n    """Give x."""\n    raise ValueError(f"{x} is no\\n number")\n',
        "utf-8",
    )
    page = tmp_path / "page.md"
    page.write_text("What stands\nthere. But what stands there.", "utf-8")
    assert len(list(hits_in_source(source))) == 3
    assert len(list(hits_in_text(page))) == 1


def test_the_list_stays_short_and_every_exception_exists() -> None:
    assert len(PHRASES) + len(BEGINNINGS) <= 30
    assert all((ROOT / name).exists() for name in EXCEPTIONS)
