"""How distributions split Kata into packages: each split with generated relations, installed by apt or rpm.

The names, and the relations that are not generated, are those of the published packages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from pkgguard import api

from .generated import Written, build_generated, build_written, real_verdicts, works

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

KATA = api.built_in().manifest


class Split(NamedTuple):
    """A split: the runtime's package, those with the agent, and packages that pkgguard does not guard.

    Each of ``beside`` is a name and its relations, where ``{0}`` is the release.
    """

    family: str
    runtime: str
    agents: tuple[str, ...]
    beside: tuple[tuple[str, tuple[str, ...]], ...] = ()


SPLITS = {
    "upstream, deb": Split("deb", "kata-runtime", ("kata-containers-image",)),
    "upstream, rpm": Split("rpm", "kata-runtime", ("kata-containers-image",)),
    # The host builds its image from the agent.
    "Debian, agent": Split("deb", "kata-runtime", ("kata-agent",)),
    "Fedora 1.x": Split(
        "rpm", "kata-runtime", ("kata-agent",), (("kata-osbuilder", ("Requires: kata-agent >= {0}",)),)
    ),
    "Oracle 1.x": Split("rpm", "kata-runtime", ("kata-image", "kata-agent")),
    "SUSE 1.x": Split("rpm", "katacontainers", ("katacontainers-image-initrd",), (("qemu", ()),)),
}

# (runtime, agent): one release, a pair that works, one of each direction that does not.
PAIRS = [
    ("1.11.0", "1.11.0"),
    ("1.9.0", "1.10.8"),
    ("1.8.5", "1.9.0"),
    ("1.9.0", "1.8.5"),
    ("1.10.8", "1.11.0"),
]
RELEASES = sorted({release for pair in PAIRS for release in pair})


@pytest.mark.parametrize("name", SPLITS)
def test_a_split_installs_exactly_if_its_releases_work(tmp_path: Path, name: str) -> None:
    split = SPLITS[name]
    keys = [(one, release) for one in (split.runtime, *split.agents) for release in RELEASES]
    built = build_generated(tmp_path / "guarded", KATA, (split.family, split.family), keys)
    more = [
        Written(one, f"{release}-1", tuple(text.format(release) for text in relations))
        for one, relations in split.beside
        for release in RELEASES
    ]
    beside = dict(zip(more, build_written(tmp_path / "beside", split.family, more), strict=True))
    together, wanted = [], []
    for runtime, agent in PAIRS:
        chosen = [built[split.runtime, runtime].path, *(built[one, agent].path for one in split.agents)]
        together.append(chosen + [path for one, path in beside.items() if one.version == f"{agent}-1"])
        wanted.append(all(works(KATA, (split.runtime, runtime), (one, agent)) for one in split.agents))
    assert wanted == [True, True, True, False, False]
    assert real_verdicts(tmp_path / "together", split.family, together) == wanted


@pytest.mark.parametrize("name", SPLITS)
def test_the_runtime_needs_one_package_with_the_agent_and_no_more(tmp_path: Path, name: str) -> None:
    split = SPLITS[name]
    keys = [(one, "1.11.0") for one in (split.runtime, *split.agents)]
    built = build_generated(tmp_path / "guarded", KATA, (split.family, split.family), keys)
    runtime, *agents = (built[key].path for key in keys)
    sets = [[runtime], *([runtime, agent] for agent in agents)]
    assert real_verdicts(tmp_path / "together", split.family, sets) == [False, *(True for _ in agents)]


def test_the_one_package_of_fedora_and_oracle_from_2_on_installs_alone_and_refuses_the_old_ones(
    tmp_path: Path,
) -> None:
    """Fedora's own relations refuse the packages of 1.x; pkgguard adds none to an atomic set."""
    assert api.Project(KATA).relations("rpm", "kata-containers", "3.21.0-1").relations == ()
    old = ("kata-agent", "kata-osbuilder", "kata-runtime")
    one = Written("kata-containers", "3.21.0-1", tuple(f"Conflicts: {name}" for name in old))
    (path,) = build_written(tmp_path / "one", "rpm", [one])
    keys = [("kata-runtime", "1.11.0"), ("kata-agent", "1.11.0")]
    built = build_generated(tmp_path / "old", KATA, ("rpm", "rpm"), keys)
    runtime, agent = (built[key].path for key in keys)
    sets = [[path], [runtime, agent], [path, agent], [path, runtime, agent]]
    assert real_verdicts(tmp_path / "together", "rpm", sets) == [True, True, False, False]
