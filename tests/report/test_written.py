"""A JSON document is written piece by piece, and reads back as what it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pkgguard.report.written import LongList, written

DOCUMENTS: list[dict[str, Any]] = [
    {},
    {"a": 1},
    {"a": {"b": [], "c": {}}, "d": "line\nfeed \\n \N{LATIN SMALL LETTER U WITH DIAERESIS}", "e": None},
    {"many": [{"number": one, "texts": ["x"] * 3} for one in range(3000)], "last": True},
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_is_written_as_json_writes_it(document: dict[str, Any]) -> None:
    assert "".join(written(document)) == json.dumps(document, indent=2, ensure_ascii=False)


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2500])
def test_a_pretty_list_is_written_as_json_writes_it(count: int) -> None:
    entries = [{"number": one, "texts": ["line\nfeed"], "none": []} for one in range(count)]
    document = {"before": [1], "list": LongList(entries, dict, pretty=True), "after": {"a": 2}}
    expected = {**document, "list": entries}
    assert "".join(written(document)) == json.dumps(expected, indent=2, ensure_ascii=False)


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2500])
def test_an_element_of_a_long_list_is_made_as_it_is_written(count: int) -> None:
    made = []

    def entry(number: int) -> dict[str, int]:
        made.append(number)
        return {"number": number}

    pieces = written({"before": 1, "list": LongList(range(count), entry), "after": [2]})
    first = next(pieces)
    assert made == []
    text = first + "".join(pieces)
    assert made == list(range(count))
    expected = {"before": 1, "list": [{"number": one} for one in range(count)], "after": [2]}
    assert json.loads(text) == expected
    assert text.count('\n    {"number"') == count
