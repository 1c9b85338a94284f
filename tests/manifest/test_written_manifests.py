"""A manifest that is written reads back equal."""

from __future__ import annotations

import re
from typing import Any

import toml
from hypothesis import given, settings
from hypothesis import strategies as st
from manifest_texts import RELAXED, SMALL
from strategies import manifests

from pkgguard.errors import ManifestError
from pkgguard.manifest.discover import built_in
from pkgguard.manifest.model import Kind
from pkgguard.manifest.read import parse_manifest
from pkgguard.manifest.serialize import as_document, write_manifest


@given(manifest=manifests())
@settings(RELAXED, max_examples=150)
def test_what_is_written_reads_back_equal(manifest: Any) -> None:
    text = write_manifest(manifest)
    again = parse_manifest(text)
    assert as_document(again) == as_document(manifest)
    assert write_manifest(again) == text
    assert again.components == manifest.components
    assert again.packages == manifest.packages
    assert again.protocols == manifest.protocols
    assert again.policy == manifest.policy
    assert [(one.component, one.release) for one in again.broken] == [
        (one.component, one.release) for one in manifest.broken
    ]
    for mine, theirs in zip(manifest.changes, again.changes, strict=True):
        fields = ("protocol", "kind", "what", "server", "client", "because", "see", "old_until")
        assert [getattr(mine, name) for name in fields] == [getattr(theirs, name) for name in fields]
        if mine.kind is not Kind.COMPATIBLE:
            assert mine.need is theirs.need


@given(
    text=st.text(max_size=30).map(lambda text: text.replace("\x00", "")),
    things=st.lists(
        st.text("aZ0 \\'\"#=[]{}x.\t\u00e9\u2028u", min_size=1, max_size=12), min_size=1, unique_by=str.strip
    ),
)
@settings(RELAXED, max_examples=300)
def test_any_text_that_reads_is_written_so_that_it_reads_back(text: str, things: list[str]) -> None:
    quoted = toml_string(text)
    whats = ", ".join(toml_string(one) for one in things)
    source = SMALL.replace('"docker pause"', quoted).replace('["Pause"]', f"[{whats}]")
    try:
        manifest = parse_manifest(source)
    except ManifestError:
        return
    again = parse_manifest(write_manifest(manifest))
    assert again.changes[0].because == manifest.changes[0].because == " ".join(text.split())
    assert again.changes[0].what == manifest.changes[0].what


def toml_string(text: str) -> str:
    return (
        '"' + "".join(one if one.isascii() and one.isalnum() else f"\\U{ord(one):08X}" for one in text) + '"'
    )


def test_the_built_in_manifest_is_written_and_read_back() -> None:
    manifest = built_in().manifest
    assert as_document(parse_manifest(write_manifest(manifest))) == as_document(manifest)


def test_everything_that_a_manifest_can_say_is_written() -> None:
    text = """\
manifest = 1
project = "all"
[component.c]
title = "the client"
releases = ["1.0.0", "1.1.0", "1.2.0"]
[component.d]
releases = ["1.0.0", "1.1.0"]
[component.s]
releases = ["1.0.0", "1.0.1", "1.1.0", "1.2.0"]
[package.cc]
title = "both clients"
carries = ["c", "d"]
peers = ["ss"]
[package.ss]
carries = ["s"]
presence = "optional"
files = ["/usr/lib/s/**", "/usr/bin/s-?.*"]
rpm = { name = "SS", epoch = 3 }
deb = "ss-deb"
[package.nobody]
carries = ["s"]
peers = []
rpm = false
epoch = 2
[protocol.p]
title = "the protocol"
client = ["c", "d"]
server = "s"
provides = "p-protocol"
slot = "p-slot"
[[change]]
protocol = "p"
kind = "changed"
what = ["A", "B"]
server = ["1.0.1", "1.1.0"]
client = { c = ["1.1.0", "1.2.0"], d = "1.1.0" }
need = "optional"
old_until = "1.2.0"
because = "x"
hits = "y"
symptom = "z"
see = ["u", "v"]
[[broken]]
component = "d"
release = "1.1.0"
because = "w"
see = ["t"]
[policy]
mode = "window"
window = 0
horizon = "none"
prereleases = "include"
"""
    manifest = parse_manifest(text)
    document = as_document(manifest)
    again = parse_manifest(write_manifest(manifest))
    assert as_document(again) == document
    assert again.packages == manifest.packages
    assert again.packages["nobody"].peers == ()
    written = toml.dumps(document)
    for word in re.findall(r'"([^"]+)"', text):
        assert word in written
