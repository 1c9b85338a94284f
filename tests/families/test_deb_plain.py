"""A plain stanza is read without python-debian, and always as python-debian reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgguard.errors import PackageError
from pkgguard.families.deb import package
from pkgguard.families.deb.package import describe, read

ROOT = Path(__file__).parents[2]
HEAD = "Package: a\nVersion: 1\nArchitecture: all\n"
# What is or may pass for white space or the end of a line, what begins a comment, a field, a signature.
ODD = " \t\n\r\f\v\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2028\u2029\u202f\u3000\ufeff#-:.,|()<>=aA1é\U0001f600"

values = st.text(st.sampled_from(ODD) | st.characters(blacklist_categories=["Cs"]), max_size=20)
plain_values = st.text(st.sampled_from(" \t:#-.,|()<>=aA1é"), max_size=20)
names = st.sampled_from(["Depends", "breaks", "Description", "X-A", "XA#", "Source", "multi-arch"])
gaps = st.sampled_from(["", "", " ", "\t"])
blanks = st.sampled_from(" \t")
ends = st.sampled_from(["\n", "\n\n", "\r\n", "\n#x\n", "\n \n", "\n .\n", "\n\t"])


@st.composite
def stanzas(draw: st.DrawFn) -> str:
    some = values if draw(st.booleans()) else plain_values
    text = HEAD
    for _ in range(draw(st.integers(0, 4))):
        text += f"{draw(names)}{draw(gaps)}:{draw(some)}"
        for _ in range(draw(st.integers(0, 2))):
            text += f"\n{draw(blanks)}{draw(some)}"
        text += draw(st.just("\n") | ends)
    return text


def outcome(text: str) -> Any:
    """Return the package that is read, or the error that is told."""
    try:
        return describe(text)
    except PackageError as error:
        return str(error)


def by_the_library(text: str) -> Any:
    """Return what is read where no stanza counts as plain."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package, "is_plain", lambda _: False)
        return outcome(text)


@given(stanzas())
def test_a_stanza_is_read_as_python_debian_reads_it(text: str) -> None:
    assert outcome(text) == by_the_library(text)


@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/**/*.deb")), ids=lambda path: path.name)
def test_every_real_packageis_plain_and_read_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(package, "library_fields", lambda *_: pytest.fail("python-debian was asked"))
        plain = read(path)
    monkeypatch.setattr(package, "is_plain", lambda _: False)
    assert read(path) == plain


@pytest.mark.parametrize(
    "value",
    ["a\x1cb", "a\x85b", "a\u2028b", "a\xa0b", "a\rb", "a\vb", "a\fb", "a\n#b: c", "a\n \u3000", "\ufeffa"],
    ids=ascii,
)
def test_what_python_debian_may_read_otherwise_is_left_to_it(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    library = package.library_fields

    def noted(*args: Any) -> dict[str, str]:
        asked.append("asked")
        return library(*args)

    monkeypatch.setattr(package, "library_fields", noted)
    outcome(f"{HEAD}Description: {value}\n")
    assert asked


def test_a_number_sign_inside_a_lineis_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "library_fields", lambda *_: pytest.fail("python-debian was asked"))
    assert describe(f"{HEAD}Source: a#b\nDescription: café\n #c\n").source == "a#b"
