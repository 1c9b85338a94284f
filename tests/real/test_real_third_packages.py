"""What two given packages leave of a third, as apt and rpm have it with every third package in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from third_packages import APART_DEB, THIRD_DEB, THIRD_RPM, TOGETHER_DEB

from real.build import RpmSpec, build_deb, build_rpms
from real.deb_root import deb_pairs_coinstallable
from real.rpm_root import rpm_pairs_coinstallable

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

VERSIONS = ("1", "2", "3")


def test_apt_installs_a_pair_with_some_third_package_where_it_is_said_to_be_installable(
    tmp_path: Path,
) -> None:
    other = build_deb(tmp_path, "other", "1")
    thirds: list[list[Path]] = [
        [],
        *([build_deb(tmp_path, "common", version)] for version in VERSIONS),
        [build_deb(tmp_path, "virtual", "1", fields={"Provides": "common"})],
        [build_deb(tmp_path, "versioned", "1", fields={"Provides": "common (= 1)"})],
    ]
    sets = []
    for number, (client, server, _) in enumerate(THIRD_DEB):
        folder = tmp_path / str(number)
        pair = [
            build_deb(folder, "client", "1.1.0-1", fields=client),
            build_deb(folder, "server", "1.1.0-1", fields=server),
        ]
        sets += [[*pair, other, *third] for third in thirds]
    said = deb_pairs_coinstallable(tmp_path / "system", sets)
    assert [
        any(said[number * len(thirds) : (number + 1) * len(thirds)]) for number in range(len(THIRD_DEB))
    ] == [installable for _, _, installable in THIRD_DEB]


def test_apt_meets_needs_of_two_versions_with_two_providers_only(tmp_path: Path) -> None:
    other = build_deb(tmp_path, "other", "1")
    commons = [build_deb(tmp_path, "common", version) for version in (*VERSIONS, "1:1")]
    provided = [
        build_deb(tmp_path, f"provider{version}", "1", fields={"Provides": f"common (= {version})"})
        for version in VERSIONS
    ]
    thirds = [[], *([one] for one in commons)]
    sets: list[list[Path]] = []
    for number, (client, server) in enumerate((*APART_DEB, *TOGETHER_DEB)):
        folder = tmp_path / str(number)
        pair = [
            build_deb(folder, "client", "1.1.0-1", fields=client),
            build_deb(folder, "server", "1.1.0-1", fields=server),
        ]
        sets += [[*pair, other, *third] for third in thirds]
        sets.append([*pair, other, provided[0], provided[1]])
        sets.append([*pair, other, provided[0], provided[2]])
    said = deb_pairs_coinstallable(tmp_path / "system", sets)
    step = len(thirds) + 2
    for number, fields in enumerate((*APART_DEB, *TOGETHER_DEB)):
        *single, first, second = said[number * step : (number + 1) * step]
        assert any(single) == (fields in TOGETHER_DEB), fields
        assert first or second or fields in TOGETHER_DEB, fields


def test_rpm_installs_a_pair_with_some_third_package_where_it_is_said_to_be_installable(
    tmp_path: Path,
) -> None:
    other, bare, *commons = build_rpms(
        tmp_path,
        [
            RpmSpec("other", "1"),
            RpmSpec("virtual", "1", relations="Provides: common"),
            *(RpmSpec("common", version) for version in VERSIONS),
        ],
    )
    thirds: list[list[Path]] = [[], [bare], *([one] for one in commons)]
    sets = []
    for number, (client, server, _) in enumerate(THIRD_RPM):
        lines = [
            "".join(
                f"{field}: {line}\n"
                for field, value in fields.items()
                for line in ([value] if isinstance(value, str) else value)
            )
            for fields in (client, server)
        ]
        specs = [
            RpmSpec("client", "1.1.0", relations=lines[0]),
            RpmSpec("server", "1.1.0", relations=lines[1]),
        ]
        pair = build_rpms(tmp_path / str(number), specs)
        sets += [[*pair, other, *third] for third in thirds]
    said = rpm_pairs_coinstallable(tmp_path / "system", sets)
    assert [
        any(said[number * len(thirds) : (number + 1) * len(thirds)]) for number in range(len(THIRD_RPM))
    ] == [installable for _, _, installable in THIRD_RPM]
