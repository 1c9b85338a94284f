"""Texts that differ in one place are joined; others are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgguard.report.alike import joined


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["bounds a by 1: no order", "bounds b by 2: no order"], "bounds a by 1 and b by 2: no order"),
        (["has a, b", "has c, b", "has d, b"], "has a, c and d, b"),
        (["accepts a 1 (also 2)", "accepts a 3"], "accepts a 1 (also 2) and 3"),
        (["one thing", "another thing"], None),
        (["has a", "has a"], None),
        (["has a b", "has b"], None),
        (["", "has b"], None),
        ([f"has {one}" for one in "abcdefg"], "has a, b, c, d, e and 2 more"),
        (["has " + "a" * 2000, "has b"], None),
    ],
)
def test_what_differs_is_joined(texts: list[str], expected: str | None) -> None:
    assert joined(texts) == expected


def is_within(text: str, whole: str) -> bool:
    """Return whether the characters of a text are in another one, in this order."""
    rest = iter(whole)
    return all(character in rest for character in text)


@given(st.lists(st.text("ab :,"), min_size=2, max_size=5))
def test_each_text_is_within_the_whole(texts: list[str]) -> None:
    whole = joined(texts)
    assert whole is None or all(is_within(text, whole) for text in texts)
