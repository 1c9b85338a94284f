"""Field cases: the names that upstream gives to a protocol, such as xorg-video-abi-25 and phpapi-20220829."""

from __future__ import annotations

import pytest

from pkgguard import api

XORG = """
manifest = 1
project = "x"
[component.ati]
releases = ["19.1.0", "22.0.0"]
[component.core]
releases = ["1.20.14", "21.1.1", "21.1.7", "22.1.0"]
[package.xserver-xorg-video-ati]
carries = ["ati"]
epoch = 1
[package.xserver-xorg-core]
carries = ["core"]
epoch = 2
[protocol.video]
client = ["ati"]
server = "core"
guarded_since = "19.1.0"
[protocol.video.provides]
"1.20.14" = "xorg-video-abi-24"
"21.1.1" = "xorg-video-abi-25"
"22.1.0" = "xorg-video-abi-26"
[[change]]
protocol = "video"
kind = "changed"
what = ["video ABI 25"]
server = "21.1.1"
client = "19.1.0"
because = "video ABI 25"
[[change]]
protocol = "video"
kind = "changed"
what = ["video ABI 26"]
server = "22.1.0"
client = "22.0.0"
because = "video ABI 26"
[policy]
horizon = "minor"
"""
PHP = """
manifest = 1
project = "php"
[component.redis]
releases = ["5.3.7", "6.0.0"]
[component.php]
releases = ["8.1.2", "8.2.1", "8.3.0"]
[package.php-redis]
carries = ["redis"]
[package.php-common]
carries = ["php"]
[protocol.api]
client = ["redis"]
server = "php"
provides = { "8.1.2" = "phpapi-20210902", "8.2.1" = "phpapi-20220829", "8.3.0" = "phpapi-20230831" }
[[change]]
protocol = "api"
kind = "removed"
what = ["zend_object without flags"]
server = "8.3.0"
client = "6.0.0"
because = "the field is gone"
[policy]
horizon = "major"
"""


def package(name: str, version: str, **fields: str) -> api.Package:
    return api.make_package("deb", name, version, fields)


def lines(text: str, name: str, version: str, family: str = "deb") -> list[str]:
    generated = api.Project(api.parse_manifest(text)).relations(family, name, version)
    return [str(one.relation) for one in generated.relations]


def test_a_driver_needs_the_name_of_its_build_and_the_server_provides_its_own() -> None:
    driver = lines(XORG, "xserver-xorg-video-ati", "1:19.1.0-3")
    assert "Depends: xorg-video-abi-25" in driver
    for version, name in (("2:21.1.7-3", "25"), ("2:22.1.0-1", "26"), ("2:1.20.14-1", "24")):
        core = lines(XORG, "xserver-xorg-core", version)
        assert [one for one in core if one.startswith("Provides")] == [f"Provides: xorg-video-abi-{name}"]


def test_a_client_that_works_with_several_names_needs_one_of_them() -> None:
    assert "Depends: phpapi-20210902 | phpapi-20220829" in lines(PHP, "php-redis", "5.3.7-1")
    assert "Requires: (phpapi-20210902 or phpapi-20220829 or phpapi-20230831)" in lines(
        PHP, "php-redis", "6.0.0-1", "rpm"
    )


def test_a_driver_of_another_abi_is_refused_by_name_alone() -> None:
    """The case: apt refuses the two, and the driver's Depends is what does it."""
    driver = package(
        "xserver-xorg-video-ati", "1:19.1.0-3",
        Depends="libpciaccess0, xorg-video-abi-25, xserver-xorg-core (>= 2:21.1.1)",
    )  # fmt: skip
    core = package("xserver-xorg-core", "2:22.1.0-1", Provides="xorg-input-abi-25, xorg-video-abi-26")
    judged = api.Project(api.parse_manifest(XORG)).check_packages([driver, core])
    assert [(one.compatible, one.installable) for one in judged.pairs] == [(False, False)]
    assert not [one for one in judged.findings if one.severity == "error"]
    fitting = package("xserver-xorg-core", "2:21.1.7-3", Provides="xorg-video-abi-25")
    judged = api.Project(api.parse_manifest(XORG)).check_packages([driver, fitting])
    assert [(one.compatible, one.installable) for one in judged.pairs] == [(True, True)]
    assert not [one for one in judged.findings if one.severity == "error"]


@pytest.mark.parametrize("provides", ["xorg-video-abi-25", "xorg-input-abi-25"])
def test_a_server_that_does_not_provide_its_name_is_told(provides: str) -> None:
    core = package("xserver-xorg-core", "2:22.1.0-1", Provides=provides)
    found = api.Project(api.parse_manifest(XORG)).check_packages([core]).findings
    (finding,) = (one for one in found if one.id == "missing-protocol-provides")
    assert finding.message == "does not provide xorg-video-abi-26, the protocol version of its release"
    assert finding.fix == ("Provides: xorg-video-abi-26",)


def test_an_unversioned_name_that_upstream_chose_is_right() -> None:
    core = package("xserver-xorg-core", "2:22.1.0-1", Provides="xorg-video-abi-26")
    found = api.Project(api.parse_manifest(XORG)).check_packages([core]).findings
    assert "unversioned-provides" not in {one.id for one in found}
    assert "missing-protocol-provides" not in {one.id for one in found}


def test_a_name_that_another_server_package_may_bring_is_not_missing() -> None:
    nested = '[package.xserver-xorg-nested]\ncarries = ["core"]\n'
    other = XORG.replace("[protocol.video]", f"{nested}[protocol.video]", 1)
    driver = package("xserver-xorg-video-ati", "1:19.1.0-3", Depends="xorg-video-abi-25")
    core = package("xserver-xorg-core", "2:22.1.0-1", Provides="xorg-video-abi-26")
    (pair,) = api.Project(api.parse_manifest(other)).check_packages([driver, core]).pairs
    assert (pair.compatible, pair.installable) == (False, True)
