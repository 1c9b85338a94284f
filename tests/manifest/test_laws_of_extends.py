"""A law of sums: a manifest that is divided into a base and an addition is their sum."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import toml
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents

from pkgguard import api
from pkgguard.diagnostics import Diagnostic
from pkgguard.errors import ManifestError
from pkgguard.manifest.serialize import as_document
from pkgguard.report.answers import ManifestAnswer
from pkgguard.report.formats import render

OTHER = {
    "mode": "exact",
    "window": 3,
    "horizon": "none",
    "prereleases": "include",
    "title": "other",
    "presence": "optional",
    "carries": ["agent"],
    "files": ["/other"],
    "epoch": 7,
    "rpm": {"name": "other", "epoch": 9},
    "provides": "other-protocol",
    "slot": "other-slot",
}
"""For some keys, what the base says instead of what the addition says."""


@st.composite
def divided(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Draw a manifest, and a base and an addition with the same sum."""
    whole = draw(documents())
    base: dict[str, Any] = {"manifest": 1}
    added: dict[str, Any] = {"manifest": 1, "extends": "base.toml"}
    if draw(st.booleans()):
        added["project"], base["project"] = whole["project"], "other"
    else:
        base["project"] = whole["project"]

    def keys(table: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        here: dict[str, Any] = {}
        there: dict[str, Any] = {}
        for key, value in table.items():
            where = draw(st.sampled_from(["base", "added", "both", "replaced"]))
            if where != "added":
                here[key] = OTHER.get(key, value) if where == "replaced" else value
            if where != "base":
                there[key] = value
        return here, there

    for kind in ("component", "package", "protocol"):
        for name, table in whole[kind].items():
            where = draw(st.sampled_from(["base", "added", "both"]))
            if where == "base":
                base.setdefault(kind, {})[name] = table
            elif where == "added":
                added.setdefault(kind, {})[name] = table
            elif kind == "component":
                first = draw(st.lists(st.sampled_from(table["releases"]), unique=True))
                rest = [one for one in table["releases"] if one not in first]
                again = draw(st.lists(st.sampled_from(first), unique=True)) if first else []
                base.setdefault(kind, {})[name] = {"releases": first}
                added.setdefault(kind, {})[name] = {"releases": [*again, *rest]}
            else:
                here, there = keys(table)
                base.setdefault(kind, {})[name], added.setdefault(kind, {})[name] = here, there
    base["policy"], added["policy"] = keys(whole["policy"])
    split = draw(st.integers(0, len(whole["change"])))
    old, new = copy.deepcopy(whole["change"][:split]), copy.deepcopy(whole["change"][split:])
    for number, change in enumerate(old):
        if draw(st.booleans()):
            new.append({**copy.deepcopy(change), "replaces": f"change {number}"})
            change |= {"id": f"change {number}", "kind": "compatible", "because": "other"}
            change.pop("old_until", None)
    if draw(st.booleans()):
        extra = {"protocol": "agent", "kind": "compatible", "what": ["extra"], "because": "extra"}
        old.insert(draw(st.integers(0, len(old))), extra)
        added["dropped"] = [{"change": "extra", "because": "not here"}]
    base["change"], added["change"] = old, new
    (base if draw(st.booleans()) else added)["broken"] = whole.get("broken", [])
    return whole, base, added


def written(document: dict[str, Any]) -> str:
    return toml.dumps({key: value for key, value in document.items() if value != []})


def read(base: dict[str, Any], added: dict[str, Any]) -> api.Manifest:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "base.toml").write_text(written(base), "utf-8")
        (Path(folder) / "added.toml").write_text(written(added), "utf-8")
        return api.read_manifest(Path(folder) / "added.toml", "added.toml")


def attempt(read: Callable[[], api.Manifest]) -> tuple[api.Manifest | None, tuple[Diagnostic, ...]]:
    """Return a manifest, or its mistakes."""
    try:
        return read(), ()
    except ManifestError as error:
        return None, error.mistakes


@settings(deadline=None, max_examples=200)
@given(divided())
def test_the_sum_of_the_parts_is_the_whole(parts: tuple[dict[str, Any], ...]) -> None:
    whole, base, added = parts
    expected, wrong = attempt(lambda: api.parse_manifest(written(whole)))
    found, also_wrong = attempt(lambda: read(base, added))
    assert {one.id for one in also_wrong} == {one.id for one in wrong}
    assert {one.path for one in also_wrong} <= {"added.toml", "base.toml"}
    if expected is None or found is None:
        assert expected is found
        return
    assert as_document(found) == as_document(expected)
    engine = api.Project(found)
    assert api.difference(expected, found).pairs == ()
    shown = engine.manifest
    text = "".join(render(ManifestAnswer(api.Found(shown, shown.path, "")), "toml"))
    assert as_document(api.parse_manifest(text)) == as_document(expected)
    for name, component in found.components.items():
        first = base.get("component", {}).get(name, {}).get("releases", [])
        for release in component.releases:
            position = found.places.where(("component", name), "releases", release.text)
            assert (position.path == "base.toml") is (release.text in first)
            assert position.inherited is (position.path == "base.toml")
