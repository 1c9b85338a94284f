"""What check says of the packages that were shipped, and what it does not report, as their README has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pkgguard import api

EXAMPLES = Path(__file__).parents[2] / "examples/packages"
FILES = sorted(path for kind in ("deb", "rpm") for path in EXAMPLES.glob(f"*/*.{kind}"))
RESULT = api.Project(api.built_in()).check(FILES)


def findings(path: str) -> set[str]:
    return {
        one.id
        for one in RESULT.judgement.findings
        if one.severity != "info" and one.path == str(EXAMPLES / path)
    }


@pytest.mark.parametrize(
    ("path", "rules"),
    [
        ("kata-2018/kata-runtime-1.0.0+git.086d197-41.1.x86_64.rpm", {"unordered-version"}),
        ("kata-2018/kata-runtime_1.1.0-1_amd64.deb", {"admits-incompatible-peer", "unordered-version"}),
        ("kata-2019/kata-runtime_1.5.0-1_amd64.deb", {"unordered-version"}),
        ("kata-2019/kata-runtime-1.7.0-25.1.x86_64.rpm", {"pair-not-installable", "pinned-revision"}),
        ("kata-2019/kata-runtime-1.8.0-1.1.x86_64.rpm", {"pair-not-installable"}),
        ("kata-2019/kata-runtime_1.9.0-5_amd64.deb", {"pair-not-installable", "refuses-compatible-peer"}),
        ("suse/katacontainers-1.11.1-0.x86_64.rpm", {"refuses-compatible-peer"}),
        ("fedora/kata-runtime-1.11.0-2.x86_64.rpm", {"no-relation-to-peer"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(path: str, rules: set[str]) -> None:
    assert rules <= findings(path)


def test_what_is_silent_is_what_the_readme_names() -> None:
    text = (EXAMPLES / "README.md").read_text("utf-8")
    silent = text[text.index("## What check does not report") :]
    unknown = {one.name for one in RESULT.judgement.passed_over}
    assert unknown == {"kata-proxy", "kata-shim", "kata-ksm-throttler", "qemu-lite", "kata-osbuilder"}
    assert all(name in silent for name in unknown)
    bundles = [str(path.relative_to(EXAMPLES)) for path in EXAMPLES.glob("*/kata-containers-[0-9]*")]
    assert len(bundles) == 2
    assert [findings(path) for path in bundles] == [set(), set()]
    messages = " ".join(one.message for one in RESULT.judgement.findings)
    assert "1.7.0)" not in messages
    assert "unversioned-provides" not in findings("suse/katacontainers-image-initrd-1.11.1-0.x86_64.rpm")
    for image in EXAMPLES.glob("*/kata-containers-image*"):
        assert findings(str(image.relative_to(EXAMPLES))) == set()
