"""Every JSON document of every command keeps to the schema that is published with it."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from runner import separate_runner

from pkgguard.cli.main import cli

EXAMPLES = Path(__file__).parents[2] / "examples"
SCHEMA = json.loads(files("pkgguard.report").joinpath("schema.json").read_text(encoding="utf-8"))
PACKAGES = [str(path) for ending in ("deb", "rpm") for path in sorted(EXAMPLES.glob(f"**/*.{ending}"))]
CALLS = {
    "check": ["check", *PACKAGES],
    "unread": ["check", str(EXAMPLES / "nowhere.deb"), str(EXAMPLES)],
    "relations": ["generate", "kata-runtime", "1.1.0-1"],
    "relations-rpm": ["generate", "kata-runtime", "2.4.0-1", "--family", "rpm", "--target", "rpm-legacy"],
    "explanation": ["explain", "kata-runtime", "1.1.0"],
    "rule": ["explain", "admits-incompatible-peer"],
    "rules": ["rules"],
    "verdict": ["compatible", "runtime=1.1.0", "agent=1.0.0"],
    "manifest-check": ["manifest", "check"],
    "manifest-checks": [
        *("manifest", "check"),
        *(str(path) for path in sorted(EXAMPLES.glob("*/pkgguard.toml"))),
        *(str(EXAMPLES / "nowhere.toml"), str(EXAMPLES / "packages/README.md")),
    ],
    "manifest": ["manifest", "show"],
    "matrix": ["matrix"],
    "release-simulation": ["release", "simulate"],
    "release-audit": ["release", "audit"],
    "release-advice": ["release", "advise", "--from", "1.0.0"],
    "release-advice-cri": ["release", "advise", "--from", "kubelet=1.20.0", "--policy", "pair"],
    "matrix-cri": ["matrix", "--component", "kubelet"],
}


def run(*words: str) -> dict[str, Any]:
    result = separate_runner().invoke(cli, [*words, "--format", "json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", CALLS)
def test_documents_keep_to_it(name: str) -> None:
    document = run(*CALLS[name])
    jsonschema.validate(document, SCHEMA)
    assert document["kind"] == name.removesuffix("-rpm").removesuffix("-cri").replace("unread", "check")


def test_a_bad_manifest_has_a_document_too(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("manifest = 2\n")
    document = run("manifest", "check", str(path))
    jsonschema.validate(document, SCHEMA)
    assert not document["valid"]
    assert document["mistakes"]


def test_a_wrong_document_does_not(tmp_path: Path) -> None:
    document = run("check", str(sorted(EXAMPLES.glob("**/*.deb"))[0]))
    for breaking in ({"format": 1}, {"kind": "other"}, {"findings": [{}]}, {"new": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document | breaking, SCHEMA)
