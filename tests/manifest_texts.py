"""Texts of manifests, and the mistakes that are found in them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from pkgguard.diagnostics import Diagnostic
from pkgguard.errors import ManifestError
from pkgguard.manifest.read import parse_manifest

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
