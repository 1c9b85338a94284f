"""Adding a change to the text of a manifest."""

from __future__ import annotations

from typing import Any

import pytest
from manifest_texts import SMALL
from unified_diff import patched

from pkgguard.editing.changes import with_change
from pkgguard.editing.text import ManifestText, difference, edited
from pkgguard.errors import EditError, ManifestError
from pkgguard.manifest.read import parse_manifest

RESUME = {"protocol": "agent", "kind": "added", "what": ["Resume"], "server": "1.2.0", "client": "1.2.0"}
ADDED = """
[[change]]
protocol = "agent"
kind = "added"
what = ["Resume"]
server = "1.2.0"
client = "1.2.0"
"""


def source_of(text: str) -> ManifestText:
    return ManifestText("m.toml", text, parse_manifest(text, "m.toml"))


def added(text: str, change: dict[str, Any]) -> str:
    source = source_of(text)
    insertions, wanted = with_change(source, change)
    new = edited(source, insertions, wanted)
    assert patched(source.text, list(difference(source, insertions))) == new.text
    assert with_change(new, change)[0] == []
    return new.text


def test_it_follows_the_last_change() -> None:
    tail = "\n# the rest\n[policy]\nhorizon = 'major'\n"
    assert added(SMALL + tail, RESUME) == SMALL + ADDED + tail
    assert added(SMALL, RESUME) == SMALL + ADDED


def test_a_file_without_an_end_of_line_or_with_others_of_windows() -> None:
    assert added(SMALL.rstrip("\n"), RESUME) == SMALL + ADDED
    windows = SMALL.replace("\n", "\r\n")
    assert added(windows, RESUME) == windows + ADDED.replace("\n", "\r\n")


def test_the_first_change_goes_to_the_end() -> None:
    head = SMALL[: SMALL.index("\n[[change]]")] + "[policy]\nmode = 'protocol'\n"
    assert added(head, RESUME).startswith(head + "\n[[change]]\nprotocol = ")


def test_keys_are_aligned_as_in_the_change_before() -> None:
    aligned = SMALL.replace('kind = "', 'kind     = "')
    assert 'kind     = "added"\nwhat     = ["Resume"]\nserver   = "1.2.0"' in added(aligned, RESUME)


def test_a_table_below_the_last_change_belongs_to_it() -> None:
    text = SMALL.replace('client = "1.1.0"\n', "") + '[change.client]\nruntime = "1.1.0"\n'
    assert added(text, RESUME) == text + ADDED


def test_everything_that_a_change_can_have_is_written() -> None:
    whole = {
        **RESUME,
        "kind": "changed",
        "what": [f"a name of forty characters, number {number:04}" for number in range(4)],
        "server": ["1.1.1", "1.0.6"],
        "client": {"runtime": ["1.1.1", "1.0.5"]},
        "need": "optional",
        "old_until": "1.2.0",
        "because": 'a "quoted" \\ text\nof two lines',
        "hits": "\x7f nobody\u2028",
        "symptom": "#",
        "see": ["a", "b"],
    }
    changed = source_of(SMALL)
    insertions, wanted = with_change(changed, whole)
    with pytest.raises(ManifestError, match="holds a control character"):
        edited(changed, insertions, wanted)
    (_, change) = parse_manifest(added(SMALL, {**whole, "hits": "nobody"})).changes
    assert change.because == 'a "quoted" \\ text of two lines'
    assert (change.hits, change.symptom, change.see) == ("nobody", "#", ("a", "b"))
    assert (len(change.what), str(change.old_until), change.need) == (4, "1.2.0", "optional")
    assert [str(one) for one in change.client["runtime"]] == ["1.0.5", "1.1.1"]


PAUSE = {
    "protocol": "agent", "kind": "added", "what": ["Pause"], "server": "1.1.0", "client": "1.1.0",
    "because": "docker pause",
}  # fmt: skip


@pytest.mark.parametrize(
    "same",
    [
        {},
        {"need": "required"},
        {"server": ["1.1.0"]},
        {"client": {"runtime": "1.1.0"}},
        {"because": " docker\n pause "},
        {"what": "Pause", "see": []},
    ],
)
def test_the_same_change_is_not_added_twice(same: dict[str, Any]) -> None:
    assert with_change(source_of(SMALL), PAUSE | same)[0] == []


@pytest.mark.parametrize("other", [{"need": "optional"}, {"because": "another reason"}, {"client": None}])
def test_a_change_that_contradicts_is_refused(other: dict[str, Any]) -> None:
    source = source_of(SMALL)
    insertions, wanted = with_change(source, PAUSE | other)
    with pytest.raises(ManifestError, match="manifest-contradiction"):
        edited(source, insertions, wanted)


def test_changes_in_one_array_are_left_alone() -> None:
    text = SMALL[: SMALL.index("\n[component.runtime]")]
    inline = 'change = [{ protocol = "agent", kind = "compatible", what = ["x"] }]\n'
    source = source_of(text + "\n" + inline + SMALL[len(text) : SMALL.index("\n[[change]]")])
    insertions, wanted = with_change(source, RESUME)
    with pytest.raises(EditError, match="edit it by hand"):
        edited(source, insertions, wanted)
