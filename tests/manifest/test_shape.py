"""The shape of a manifest is bounded before it is read: keys, words, values and tables."""

from __future__ import annotations

import pytest

from pkgguard.errors import ManifestLimitError
from pkgguard.manifest.limits import KEY_PARTS, TABLES, VALUES, WORD
from pkgguard.manifest.shape import check_shape

DEEP = ".".join("a" * KEY_PARTS)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a = 1\n" * (VALUES + 1), 0, f"has more than {VALUES} keys and values"),
        (f"a = 1\n{DEEP}.a = 1\n", 2, f"has a key of too many parts: more than {KEY_PARTS}"),
        (f"\n\n{'9' * (WORD + 1)}\n", 3, f"has a key or a number of more than {WORD} characters"),
        ("[a]\n" * (TABLES + 1), TABLES + 1, f"has more than {TABLES} tables"),
    ],
)
def test_more_of_anything_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(ManifestLimitError) as caught:
        check_shape(text, "m.toml")
    assert reason in str(caught.value)
    assert f"line {line}: " in str(caught.value) or line == 0


@pytest.mark.parametrize(
    "text",
    [
        f"{DEEP} = 1\n",
        f"{'9' * WORD}\n",
        "[a]\n" * TABLES,
        f'a = "{"." * VALUES}"\n',
        f"# {'[x]=' * VALUES}\n",
        f"a = '''\n{DEEP}.a.a = 1\n'''\n",
    ],
)
def test_as_much_as_is_allowed_and_anything_in_strings_and_comments_is_not(text: str) -> None:
    check_shape(text, "m.toml")
