"""A folder with a manifest in which the commands are run, and the JSON that they write."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
from click.testing import Result

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads(files("pkgguard.report").joinpath("schema.json").read_text("utf-8"))
CREATE = ROOT / "examples/create-container"


def document(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    jsonschema.validate(found, SCHEMA)
    assert found["format"] == 2
    return found
