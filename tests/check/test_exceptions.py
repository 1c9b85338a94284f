"""Exceptions accept the findings that they name, and are findings if they accept none or have ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from pkgguard import api

PAUSE = (Path(__file__).parents[2] / "examples/pause-container/pkgguard.toml").read_text("utf-8")
RULE = "admits-incompatible-peer"


def checked(entries, packages, rules="", profile="", **more):
    manifest = api.parse_manifest(f"{PAUSE}\n{rules}\n{entries}", "pause.toml")
    return api.Project(manifest).check_packages(packages, profile=profile, **more)


def entry(**keys):
    values = {"rule": RULE, "package": "kata-runtime", "because": "fixed by the next upload"} | keys
    lines = (f'{key.rstrip("_")} = "{value}"' for key, value in values.items())
    return "\n".join(["[[accept]]", *lines])


def runtime(version="1.1.0-1", family="deb"):
    """Return a client that accepts images which lack what it needs."""
    relations = {
        "deb": {"Depends": "kata-containers-image (>= 1.0.0)"},
        "rpm": {"Requires": "kata-containers-image >= 1.0.0"},
    }
    return api.make_package(family, "kata-runtime", version, relations[family], architecture="amd64")


def ids(result):
    return [one.id for one in result.findings]


def accepted(result):
    return [one.finding.id for one in result.accepted]


@pytest.mark.parametrize("family", ["deb", "rpm"])
def test_an_accepted_finding_is_no_finding(family):
    before = checked("", [runtime(family=family)])
    assert RULE in ids(before)
    after = checked(entry(), [runtime(family=family)])
    assert RULE not in ids(after)
    assert accepted(after) == [one for one in ids(before) if one == RULE]
    assert {one.because for one in after.accepted} == {"fixed by the next upload"}
    assert all(one.place.startswith("pause.toml:") for one in after.accepted)
    assert [one for one in ids(before) if one != RULE] == ids(after)


@pytest.mark.parametrize(
    ("keys", "accepts"),
    [
        ({"peer": "kata-containers-image"}, True),
        ({"peer": "kata-runtime"}, False),
        ({"from": "1.1.0"}, True),
        ({"from": "1.1.0-1", "until": "1.1.0-2"}, True),
        ({"from": "1.1.0-2"}, False),
        ({"until": "1.1.0-1"}, False),
        ({"until": "2.0.0~"}, True),
        ({"from": "3:1.0"}, False),
        ({"rule": "bound-blocks-backports"}, False),
        ({"package": "kata-containers-image"}, False),
        ({"expires": "2999-12-31"}, True),
        ({"expires": "2000-01-01"}, False),
    ],
)
@pytest.mark.parametrize("family", ["deb", "rpm"])
def test_an_exception_is_about_its_package_peer_versions_and_days(family, keys, accepts):
    result = checked(entry(**keys), [runtime(family=family)])
    assert (RULE in accepted(result)) is accepts
    assert (RULE in ids(result)) is not accepts


def test_a_version_is_compared_with_its_epoch_if_the_bound_has_one():
    manifest = PAUSE.replace("[package.kata-runtime]", "[package.kata-runtime]\ndeb = { epoch = 2 }")
    project = api.Project(api.parse_manifest(f"{manifest}\n{entry(until='2:1.1.0-2')}"))
    assert RULE in accepted(project.check_packages([runtime("2:1.1.0-1")]))
    assert RULE not in accepted(project.check_packages([runtime("2:1.1.0-2")]))


def test_an_exception_that_matches_nothing_is_a_finding():
    sound = api.make_package(
        "deb",
        "kata-runtime",
        "1.1.0-1",
        {"Depends": "kata-containers-image (>= 1.1.0)", "Breaks": "kata-containers-image (<< 1.1.0)"},
    )
    assert "unused-exception" in ids(checked(entry(), [sound]))
    assert "unused-exception" not in ids(checked(entry(), [runtime()]))
    assert "unused-exception" not in ids(checked(entry(rule="pair-not-installable"), [sound]))
    assert "unused-exception" not in ids(checked(entry(), [sound], rules=f'[rules]\n{RULE} = "off"'))
    assert "unused-exception" not in ids(checked(entry(package="kata-containers-image"), [sound]))


def test_an_exception_that_has_ended_is_a_finding(monkeypatch):
    for keys, what in (
        ({"expires": "2000-01-01"}, "ended on 2000"),
        ({"until": "1.1.0-1"}, "ends at version"),
    ):
        found = checked(entry(**keys), [runtime()]).findings
        (ended,) = [one for one in found if one.id.endswith("-exception")]
        assert ended.id == "ended-exception"
        assert what in ended.message
    assert "ended-exception" not in ids(checked(entry(until="1.1.0-1"), [runtime(), runtime("1.0.0-1")]))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert RULE in accepted(checked(entry(expires="2000-01-01"), [runtime()]))


def test_the_levels_of_exceptions_can_be_set():
    rules = '[rules]\nended-exception = "error"'
    found = checked(entry(expires="2000-01-01"), [runtime()], rules=rules).findings
    assert [one.severity for one in found if one.id == "ended-exception"] == [api.Severity.ERROR]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("admits-incompatible-per", "did you mean 'admits-incompatible-peer'?"),
        ("change-without-reason", "only rules about packages can"),
        ("unused-exception", "only rules about packages can"),
        ("unreadable-package", "only rules about packages can"),
    ],
)
def test_only_rules_about_packages_can_be_accepted(rule, message):
    with pytest.raises(api.ManifestError) as error:
        checked(entry(rule=rule), [runtime()])
    assert message in str(error.value)


def test_entries_can_stand_in_a_file_of_their_own(tmp_path):
    path = tmp_path / "accept.toml"
    path.write_text(entry())
    entries = api.read_exceptions(path)
    result = checked("", [runtime()], exceptions=entries)
    assert RULE in accepted(result)
    assert {one.place for one in result.accepted} == {f"{path}:1"}
    path.write_text(entry() + '\n[rules]\nall = "off"\n')
    with pytest.raises(api.ManifestError, match="unknown key"):
        api.read_exceptions(path)
    path.write_text("")
    with pytest.raises(api.ManifestError, match="has no entry"):
        api.read_exceptions(path)


def test_a_manifest_is_written_with_its_exceptions_and_profiles():
    entries = entry(peer="kata-containers-image", from_="1.0", until="2.0", expires="2030-02-28")
    text = f'{PAUSE}\n[profile.debian]\nall = "off"\n{RULE} = "warning"\n{entries}'
    manifest = api.parse_manifest(text)
    again = api.parse_manifest(api.write_manifest(manifest))
    assert [one._replace(position=None) for one in again.accepted] == [
        one._replace(position=None) for one in manifest.accepted
    ]
    assert list(again.profiles["debian"]) == ["all", RULE]


def test_a_profile_is_a_named_set_of_levels():
    rules = f'[rules]\n{RULE} = "error"\n[profile.lenient]\n{RULE} = "info"\n'
    by_profile = {
        profile: [one.severity for one in checked("", [runtime()], rules, profile).findings if one.id == RULE]
        for profile in ("", "lenient")
    }
    assert {*by_profile[""]} == {api.Severity.ERROR}
    assert {*by_profile["lenient"]} == {api.Severity.INFO}
    with pytest.raises(api.UnknownNameError, match="lenient"):
        checked("", [runtime()], rules, "lenientt")
    with pytest.raises(api.ManifestError, match=r"\[profile.lenient\]"):
        checked("", [runtime()], '[profile.lenient]\nno-such-rule = "off"')
