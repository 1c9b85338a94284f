"""Manifests: what is right reads, what is wrong is told with its place, what is written reads back."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
import toml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from limits import cpu_below
from mistakes import table_and_key
from strategies import documents, manifests

from pkgguard.diagnostics import Diagnostic
from pkgguard.errors import ManifestError
from pkgguard.manifest.discover import built_in
from pkgguard.manifest.limits import LARGEST
from pkgguard.manifest.model import Horizon, Kind, Mode, Need, Prereleases
from pkgguard.manifest.package_spec import Presence
from pkgguard.manifest.read import parse_manifest, read_manifest
from pkgguard.manifest.serialize import as_document, write_manifest

RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

EXAMPLE = """\
manifest = 1
project  = "kata-containers"

[component.runtime]
releases = ["1.0.0", "1.1.0", "1.1.1", "1.2.0"]
[component.agent]
releases = ["1.0.0", "1.1.0", "1.1.1", "1.2.0"]

[package.kata-runtime]
carries = ["runtime"]
[package.kata-containers-image]
carries = ["agent"]
rpm = "kata-containers-image"          # a name of its own in a family, an epoch, where they differ

[protocol.agent]
client = ["runtime"]
server = "agent"

[[change]]
protocol = "agent"
kind     = "added"                     # added | removed | changed | compatible
what     = ["grpc.AgentService/PauseContainer", "grpc.AgentService/ResumeContainer"]
server   = "1.1.0"                     # the agent offers it from here
client   = "1.1.0"                     # the runtime needs it from here; absent: no release needs it
need     = "required"                  # required | optional (the client has a fallback)
because  = "docker pause calls it"
symptom  = "rpc error: code = Unimplemented"
see      = ["kata-containers/agent#272"]

[[broken]]                             # a release that is broken
component = "agent"
release   = "1.1.0"
because   = "…"

[policy]
mode        = "protocol"               # protocol | lockstep | window
window      = 1                        # minors apart that upstream promises, with mode "window"
horizon     = "minor"                  # how far past the newest known peer an unknown one is trusted
prereleases = "exclude"
"""

SMALL = """\
manifest = 1
project = "kata"

[component.runtime]
releases = ["1.0.0", "1.0.5", "1.1.0", "1.1.1", "1.2.0"]
[component.shim]
releases = ["1.0.0", "1.1.0", "1.2.0"]
[component.agent]
releases = ["1.0.0", "1.0.5", "1.0.6", "1.1.0", "1.1.1", "1.2.0"]

[package.kata-runtime]
carries = ["runtime"]
[package.kata-image]
carries = ["agent"]

[protocol.agent]
client = ["runtime"]
server = "agent"

[[change]]
protocol = "agent"
kind = "added"
what = ["Pause"]
server = "1.1.0"
client = "1.1.0"
because = "docker pause"
"""


def refused(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(ManifestError) as caught:
        parse_manifest(text, "m.toml")
    assert caught.value.path == "m.toml"
    assert caught.value.mistakes
    return caught.value.mistakes


def marked(text: str) -> int:
    """Return the line that a test marks with #!."""
    (line,) = [number for number, line in enumerate(text.split("\n"), 1) if "#!" in line]
    return line


def change(**values: Any) -> str:
    table = {"protocol": "agent", "kind": "added", "what": ["Pause"], "server": "1.1.0", **values}
    lines = (f"{key} = {_toml(value)}" for key, value in table.items() if value is not None)
    return "\n[[change]]\n" + "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"'


def timeline(*changes: dict[str, Any]) -> str:
    head = SMALL[: SMALL.index("\n[[change]]")]
    return head + "".join(change(**one) for one in changes)


# ------------------------------------------------------------------ what is right


def test_the_example_of_the_design_reads() -> None:
    manifest = parse_manifest(EXAMPLE)
    assert manifest.project == "kata-containers"
    assert [str(one) for one in manifest.components["agent"].releases] == ["1.0.0", "1.1.0", "1.1.1", "1.2.0"]
    assert manifest.packages["kata-runtime"].carries == ("runtime",)
    assert (
        manifest.package_named("rpm", "kata-containers-image") is manifest.packages["kata-containers-image"]
    )
    assert manifest.protocols["agent"].clients == ("runtime",)
    assert manifest.protocols["agent"].server == "agent"
    (pause,) = manifest.changes
    assert (pause.kind, pause.need) == (Kind.ADDED, Need.REQUIRED)
    assert [str(one) for one in pause.server] == ["1.1.0"]
    assert {name: [str(one) for one in some] for name, some in pause.client.items()} == {"runtime": ["1.1.0"]}
    assert pause.because == "docker pause calls it"
    assert pause.see == ("kata-containers/agent#272",)
    assert pause.line == 19
    (broken,) = manifest.broken
    assert (broken.component, str(broken.release), broken.because) == ("agent", "1.1.0", "…")
    policy = manifest.policy
    assert (policy.mode, policy.window, policy.horizon) == (Mode.PROTOCOL, (1, 1), Horizon.MINOR)
    assert policy.prereleases is Prereleases.EXCLUDE


def test_the_small_manifest_has_the_defaults() -> None:
    manifest = parse_manifest(SMALL)
    assert manifest.policy.horizon is Horizon.MINOR
    assert manifest.policy.mode is Mode.PROTOCOL
    assert manifest.broken == ()
    image = manifest.packages["kata-image"]
    assert image.presence is Presence.REQUIRED
    assert image.peers is None
    assert {"deb", "rpm"} <= set(image.shipping)
    assert {one.name for one in image.shipping.values()} == {"kata-image"}
    assert {one.epoch for one in image.shipping.values()} == {""}


def test_names_and_epochs_differ_by_family() -> None:
    text = SMALL.replace(
        'carries = ["agent"]',
        'carries = ["agent"]\nepoch = 1\ndeb = "kata-img"\nrpm = { name = "Kata_Image", epoch = 2 }',
    )
    image = parse_manifest(text).packages["kata-image"]
    assert (image.shipping["deb"].name, image.shipping["deb"].epoch) == ("kata-img", "1")
    assert (image.shipping["rpm"].name, image.shipping["rpm"].epoch) == ("Kata_Image", "2")


def test_a_family_can_be_without_the_epoch_of_the_other() -> None:
    text = SMALL.replace('carries = ["agent"]', 'carries = ["agent"]\nepoch = 1\nrpm = { epoch = 0 }')
    shipping = parse_manifest(text).packages["kata-image"].shipping
    assert shipping["deb"].epoch == "1"
    assert shipping["rpm"].epoch == ""


def test_a_package_can_be_absent_from_a_family() -> None:
    manifest = parse_manifest(SMALL.replace('carries = ["agent"]', 'carries = ["agent"]\nrpm = false'))
    assert "deb" in manifest.packages["kata-image"].shipping
    assert "rpm" not in manifest.packages["kata-image"].shipping
    assert manifest.package_named("rpm", "kata-image") is None


def test_releases_are_sorted_by_precedence_and_not_by_text() -> None:
    text = SMALL.replace('"1.2.0"]\n[component.shim]', '"1.10.0", "1.2.0", "1.2.0-rc.1"]\n[component.shim]')
    releases = [str(one) for one in parse_manifest(text).components["runtime"].releases]
    assert releases[-4:] == ["1.1.1", "1.2.0-rc.1", "1.2.0", "1.10.0"]


def test_one_string_stands_for_a_list_of_one() -> None:
    text = SMALL.replace('client = ["runtime"]', 'client = "runtime"').replace('["Pause"]', '"Pause"')
    manifest = parse_manifest(text)
    assert manifest.protocols["agent"].clients == ("runtime",)
    assert manifest.changes[0].what == ("Pause",)


def test_a_change_names_a_release_for_each_of_several_clients() -> None:
    text = SMALL.replace('client = ["runtime"]', 'client = ["runtime", "shim"]').replace(
        'client = "1.1.0"', 'client = { runtime = ["1.1.0", "1.0.5"], shim = "1.2.0" }'
    )
    client = parse_manifest(text).changes[0].client
    assert {name: [str(one) for one in some] for name, some in client.items()} == {
        "runtime": ["1.0.5", "1.1.0"],
        "shim": ["1.2.0"],
    }


@pytest.mark.parametrize(
    "changes",
    [
        [{}, {"kind": "removed", "server": "1.2.0", "client": "1.2.0"}],
        [{"kind": "removed", "server": "1.1.0"}, {"server": "1.2.0"}],
        [{"client": "1.1.0"}, {"kind": "changed", "server": "1.2.0", "client": "1.1.0"}],
        [{"kind": "changed"}, {"kind": "changed", "server": "1.1.1"}],
        [{}, {"kind": "changed", "server": "1.1.1"}, {"kind": "removed", "server": "1.2.0"}],
        [{"kind": "changed", "server": "1.1.0", "old_until": "1.2.0"}],
        [{"server": ["1.1.0", "1.0.5"]}],
        [{}, {"kind": "compatible", "server": "1.1.0"}, {"kind": "compatible", "server": None}],
        [{}, {"what": ["Resume"], "kind": "removed"}],
    ],
    ids=str,
)
def test_histories_that_agree(changes: list[dict[str, Any]]) -> None:
    assert len(parse_manifest(timeline(*changes)).changes) == len(changes)


# ------------------------------------------------------------------ what is wrong

CONTRADICTIONS: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "added twice": ([{}, {"server": "1.2.0"}], "kind", "never removed since"),
    "added twice in one release": ([{}, {}], "kind", "never removed since"),
    "added after it was changed": (
        [{"kind": "changed", "server": "1.0.5"}, {}],
        "kind",
        "never removed since",
    ),
    "removed before it was added": (
        [{"kind": "removed", "server": "1.0.5"}, {"kind": "removed", "server": "1.2.0"}],
        "kind",
        "was removed in 1.0.5",
    ),
    "changed after it was removed": (
        [{"kind": "removed", "server": "1.1.0"}, {"kind": "changed", "server": "1.2.0"}],
        "kind",
        "was removed in 1.1.0",
    ),
    "added and removed in one release": ([{}, {"kind": "removed"}], "server", "added there too"),
    "changed twice in one release": (
        [{"kind": "changed"}, {"kind": "changed"}],
        "server",
        "changed there too",
    ),
    "the client goes backwards": (
        [{"client": "1.2.0"}, {"kind": "removed", "server": "1.2.0", "client": "1.1.0"}],
        "client",
        "has this change of 'Pause' but not the earlier one",
    ),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_changes_that_contradict_are_refused_at_the_later_one(case: str) -> None:
    changes, key, reason = CONTRADICTIONS[case]
    text = timeline(*changes)
    (mistake,) = refused(text)
    assert table_and_key(mistake) == ("change", key)
    assert reason in mistake.message
    assert "'Pause'" in mistake.message
    lines = text.split("\n")
    assert lines[mistake.line - 1].startswith(f"{key} = "), str(mistake)
    assert mistake.line > [number for number, line in enumerate(lines) if line == "[[change]]"][-1]
    first = lines.index("[[change]]") + 1
    assert f"(line {first})" in mistake.message


def test_a_contradiction_in_the_order_of_the_releases_not_of_the_text() -> None:
    (mistake,) = refused(timeline({"server": "1.2.0"}, {"server": "1.0.5"}))
    assert "added in 1.2.0" in mistake.message
    assert "was added in 1.0.5" in mistake.message


def test_every_mistake_is_told_at_once_and_in_the_order_of_the_lines() -> None:
    text = (
        SMALL.replace('"1.2.0"]\n[component.shim]', '"1.2"]\n[component.shim]')
        .replace('carries = ["agent"]', 'carries = ["agnt"]\nfoo = 1')
        .replace('kind = "added"', 'kind = "addd"')
        .replace('server = "1.1.0"', 'server = "9.9.9"')
        + '\n[policy]\nmode = "x"\nwindow = -1\n[[broken]]\ncomponent = "nobody"\nrelease = "1.0.0"\n'
    )
    mistakes = refused(text)
    assert [table_and_key(one) for one in mistakes] == [
        ("component.runtime", "releases"),
        ("package.kata-image", "carries"),
        ("package.kata-image", "foo"),
        ("change", "kind"),
        ("change", "server"),
        ("policy", "mode"),
        ("policy", "window"),
        ("broken", "component"),
    ]
    lines = text.split("\n")
    for one in mistakes:
        assert lines[one.line - 1].startswith(table_and_key(one)[1]), str(one)
    with pytest.raises(ManifestError) as caught:
        parse_manifest(text, "here.toml")
    shown = str(caught.value)
    assert shown.startswith("here.toml: 8 mistakes in the manifest\n")
    assert shown.count("\n") == 8


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (SMALL.replace('kind = "added"', "kind = added"), 22, "TOML"),
        (SMALL.replace("[[change]]", "[[change]"), 20, "TOML"),
        (SMALL.replace('what = ["Pause"]', 'what = ["Pause"'), 24, "TOML"),
        (SMALL.replace('project = "kata"', 'project = "kata'), 2, "TOML"),
        (SMALL.replace('project = "kata"', 'project = "kata"\nproject = "kata"'), 3, "TOML"),
        (SMALL.replace("[component.shim]", "[component.runtime]"), 6, "TOML"),
        (SMALL + 'x = """', 27, "TOML"),
        (SMALL + "x = " + 5000 * "[", 1, "deeply"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int, reason: str) -> None:
    (mistake,) = refused(text)
    assert reason in mistake.message
    assert table_and_key(mistake) == ("", "")
    # An unclosed list is noticed where the next line begins.
    assert abs(mistake.line - line) <= ("what = " in text.split("\n")[line - 2])


def test_what_is_not_utf_8_is_told_with_its_line(tmp_path: Any) -> None:
    path = tmp_path / "m.toml"
    path.write_bytes(SMALL.replace('"docker pause"', '"docker caf\xe9"').encode("latin-1"))
    with pytest.raises(ManifestError) as caught:
        read_manifest(path)
    (mistake,) = caught.value.mistakes
    assert mistake.message == "is not UTF-8"
    assert mistake.line == 26
    assert caught.value.path == str(path)


def test_a_file_too_large_is_not_read(tmp_path: Any) -> None:
    path = tmp_path / "m.toml"
    with path.open("wb") as stream:
        stream.truncate(LARGEST + 1)
    with pytest.raises(ManifestError, match="larger"):
        read_manifest(path)


@pytest.mark.parametrize("number", ["1" + 5000 * "0", "-" + 5000 * "9"])
def test_a_number_too_large_to_be_one_is_refused(number: str) -> None:
    refused(SMALL + f"\n[policy]\nwindow = {number}\n")


def test_an_empty_manifest_lacks_everything() -> None:
    assert [table_and_key(one)[1] for one in refused("")] == [
        "manifest",
        "project",
        "component",
        "package",
        "protocol",
    ]


# ------------------------------------------------------------------ the line, whatever stands before it

BEFORE: dict[str, str] = {
    "multi-line array": 'see = [\n  "a", # [ " \n  "b",\n\n  "[policy]",\n]',
    "nested arrays": 'see = [ "[", "]]" ]',
    "multi-line string": 'because = """\nkind = "no"\n[policy]\n[[change]]\n"""',
    "multi-line literal": "because = '''\nit's \"\"\" here\nkind = 1\n[change]\n'''",
    "a literal with quotes at its end": "because = '''it's'' ['''",
    "a string with a quote at its end": 'because = """say " [ """"',
    "escaped triple quotes": 'because = """say \\""" [ """',
    "an escaped backslash": 'because = """a \\\\"""',
    "a backslash at the end of a line": 'because = """a \\\n   [ b"""',
    "hashes and brackets in strings": 'because = "a # [ \\" { " # " [ {',
    "a literal with a backslash": "because = 'a [ \\'",
    "an inline table": 'client = { runtime = [ "1.1.0", "1.0.5" ] } # }',
    "a comment with a header": "# [policy]\n# [[change]]",
    "an empty string": 'because = ""\nsymptom = \'\'\nhits = """"""',
    "blank lines": "\n\n\t\n",
    "line separators that TOML does not know": 'because = "a\u2028b\u2029c\x85d"',
    "the same in a comment": "# \u2028 \x85",
}


@pytest.mark.parametrize("case", BEFORE)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_line_is_right_whatever_stands_before_it(case: str, end: str) -> None:
    text = SMALL.replace('because = "docker pause"\n', "").replace('client = "1.1.0"\n', "")
    text = f'{text}{BEFORE[case]}\nneed = "optinal" #!\n\n[policy]\nmode = "x"\n'
    line = marked(text)
    mistakes = refused(text.replace("\n", end))
    assert [(*table_and_key(one), one.line) for one in mistakes] == [
        ("change", "need", line),
        ("policy", "mode", line + 3),
    ]


KEYS: dict[str, tuple[str, str]] = {
    "quoted header": ("[protocol.agent]\n", "[ \"protocol\" . 'agent' ]  # x\n"),
    "quoted key": ('server = "agent"', '"server" = "agnt" #!'),
    "literal key": ('server = "agent"', "'server' = \"agnt\" #!"),
    "indented": ('server = "agent"', '   server="agnt" #!'),
    "dotted keys": (
        '[protocol.agent]\nclient = ["runtime"]\nserver = "agent"',
        '[protocol]\nagent.client = ["runtime"]\nagent . "server" = "agnt" #!',
    ),
    "an inline table": (
        '[protocol.agent]\nclient = ["runtime"]\nserver = "agent"',
        '[protocol]\nagent = { client = ["runtime"], server = "agnt" } #!',
    ),
}


@pytest.mark.parametrize("case", KEYS)
def test_quoted_and_dotted_keys_are_found(case: str) -> None:
    old, new = KEYS[case]
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    if "#!" not in text:
        text = text.replace('server = "agent"', 'server = "agnt" #!')
    mistakes = [one for one in refused(text) if table_and_key(one) == ("protocol.agent", "server")]
    assert [one.line for one in mistakes] == [marked(text)]


def test_changes_in_one_array_have_the_line_of_the_array_at_least() -> None:
    text = SMALL[: SMALL.index("\n[[change]]")].replace(
        'project = "kata"',
        'project = "kata"\nchange = [ #!\n'
        '  { protocol = "agent", kind = "addd", what = ["A"], server = "1.1.0" },\n]',
    )
    (mistake,) = refused(text)
    assert mistake.line in {marked(text), marked(text) + 1}


def test_headers_in_a_list_of_lists_are_none() -> None:
    text = SMALL + 'see = [\n  ["a"],\n  ["policy"],\n["b"],\n]\nneed = "optinal" #!\n'
    assert [(*table_and_key(one), one.line) for one in refused(text)] == [
        ("change", "see", marked(text) - 5),
        ("change", "need", marked(text)),
    ]


def test_a_table_below_a_change_is_of_that_change() -> None:
    one = '\n[[change]]\nprotocol = "agent"\nkind = "added"\nwhat = ["{}"]\nserver = "1.1.0"\n'
    text = SMALL + "".join(one.format(name) + '[change.client]\nruntim = "1.1.0"\n' for name in "AB")
    lines = text.split("\n")
    mistakes = refused(text)
    assert [lines[each.line - 1] for each in mistakes] == ["[change.client]"] * 2
    assert mistakes[0].line < mistakes[1].line


def test_the_line_of_each_of_many_changes() -> None:
    text = SMALL + "".join(change(what=[f"C{number}"], need="bad") for number in range(40))
    lines = text.split("\n")
    mistakes = refused(text)
    assert len(mistakes) == 40
    assert len({one.line for one in mistakes}) == 40
    assert {lines[one.line - 1] for one in mistakes} == {'need = "bad"'}


# ------------------------------------------------------------------ writing


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


# ------------------------------------------------------------------ nothing else is raised

VALUES = (
    "0", "-1", "1.5", "nan", "inf", "true", "false", '""', '" "', '"1.0.0"', '"9.9.9"', '"1.0.0-rc1"', "[]",
    "[[]]",
    '[["1.0.0"]]', "{}", "{ a = 1 }", '{ runtime = "1.1.0" }', "[{}]", "[1, 2]", '["1.1.0", "1.0.0"]', '[""]',
    '["1.0.0", "1.0.0"]', "1979-05-27", "1979-05-27T07:32:00Z", "07:32:00", '"\\u0000"', '"\\u2028"',
    "'''\nx\n'''",
    '["a", 1]', "0x10", "1_000", '"agent"', '["agent", "runtime"]', '"lockstep"', "99999999999999999999",
    "{ name = \"x\", epoch = 1 }", "[false]", '{ a = { b = { c = [] } } }',
)  # fmt: skip


def attempt(text: str) -> bool:
    found: tuple[Diagnostic, ...] = ()
    try:
        parse_manifest(text)
    except ManifestError as error:
        found = error.mistakes
    lines = text.count("\n") + 1
    assert all(1 <= one.line <= lines and str(one) for one in found), found
    return not found


@pytest.mark.parametrize("base", [EXAMPLE, SMALL], ids=["example", "small"])
def test_every_value_replaced_by_every_other_raises_nothing_else(base: str) -> None:
    lines = base.split("\n")
    with cpu_below(20):
        for number, line in enumerate(lines):
            key, equals, _ = line.partition("=")
            if equals and "=" in line:
                for value in VALUES:
                    attempt("\n".join([*lines[:number], f"{key}= {value}", *lines[number + 1 :]]))


@pytest.mark.parametrize("base", [EXAMPLE, SMALL], ids=["example", "small"])
@pytest.mark.parametrize("seed", range(4))
def test_random_mutations_raise_nothing_else(base: str, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    survived = 0
    with cpu_below(20):
        for _ in range(400):
            data = bytearray(base.encode())
            for _ in range(chance.randint(1, 3)):
                mutate(data, chance)
            text = data.decode("utf-8", "replace")
            survived += attempt(text)
    assert survived


def mutate(data: bytearray, chance: random.Random) -> None:
    lines = data.split(b"\n")
    place = chance.randrange(len(lines))
    match chance.randrange(6):
        case 0:
            data[chance.randrange(len(data))] = chance.choice(b"\x00\x1b\x80\"'[]{}=#.,\\\n\r 0a")
            return
        case 1:
            del data[chance.randrange(len(data))]
            return
        case 2:
            del lines[place]
        case 3:
            lines.insert(chance.randrange(len(lines)), lines[place])
        case 4:
            other = chance.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
        case _:
            key, equals, _ = lines[place].partition(b"=")
            if equals:
                lines[place] = key + b"= " + chance.choice(VALUES).encode()
    data[:] = b"\n".join(lines)


@given(document=documents(), data=st.data())
@settings(RELAXED, max_examples=80)
def test_a_drawn_document_with_one_value_replaced_raises_nothing_else(
    document: Any, data: st.DataObject
) -> None:
    lines = toml.dumps(document).split("\n")
    number = data.draw(st.sampled_from([place for place, line in enumerate(lines) if "=" in line]))
    lines[number] = lines[number].partition("=")[0] + "= " + data.draw(st.sampled_from(VALUES))
    attempt("\n".join(lines))


def test_reading_time_grows_with_the_text_and_not_faster() -> None:
    whats = "".join(change(what=[f"C{number}"], client="1.1.0") for number in range(1500))
    with cpu_below(10):
        assert len(parse_manifest(SMALL + whats).changes) == 1501


# ------------------------------------------------------------------ what a second reading found


@pytest.mark.parametrize("pair", [("1.1.0-alpha.1", "1.1.0-alpha.beta"), ("1.1.0-rc10", "1.1.0-rc2")])
def test_prereleases_that_a_family_sorts_otherwise_are_refused(pair: tuple[str, str]) -> None:
    listed = ", ".join(f'"{one}"' for one in ("1.0.0", *pair))
    mistakes = refused(SMALL.replace('releases = ["1.0.0"', f'releases = [{listed}, "1.0.0-x"', 1))
    assert any("them the other way round" in one.message for one in mistakes)


def test_a_form_that_no_client_took_up_cannot_be_left() -> None:
    changes = [
        {"kind": "changed", "server": "1.1.0"},
        {"kind": "changed", "server": "1.2.0", "client": "1.2.0"},
    ]
    (mistake,) = refused(timeline(*changes))
    assert table_and_key(mistake) == ("change", "client")
    assert "took up" in mistake.message


def test_a_key_of_many_parts_is_refused_at_once() -> None:
    (mistake,) = refused("manifest = 1\na" + ".a" * 50_000 + " = 1\n")
    assert mistake.line == 2
    assert "too many parts" in mistake.message
