"""Bounds that deb and rpm sort differently, and those that no order sorts."""

from __future__ import annotations

import pytest
from small_project import MANIFEST

from pkgguard import api


def told(family: str, relation: str, text: str = MANIFEST) -> list[str]:
    """Return what the rule says of a bound on the peer."""
    field = {"deb": "Depends", "rpm": "Requires"}[family]
    package = api.make_package(family, "kata-runtime", "1.1.0-1", {field: relation})
    checked = api.Project(api.parse_manifest(text)).check_packages([package])
    return [one.message for one in checked.findings if one.id == "unordered-version"]


@pytest.mark.parametrize(
    ("family", "relation"), [("deb", "kata-image (>= 1.1.a)"), ("rpm", "kata-image >= 1.1.a")]
)
def test_a_release_lies_between_the_two_orders(family: str, relation: str) -> None:
    assert told(family, relation) == [
        "bounds kata-image by 1.1.a, which deb and rpm sort differently against 1.1.0"
    ]


@pytest.mark.parametrize("version", ["1.0.5a", "1.1.0rc1", "1.1.0~rc1", "1.1.0", "2.0.a"])
def test_no_known_release_lies_between_them(version: str) -> None:
    assert told("deb", f"kata-image (>= {version})") == []


def test_a_bound_that_another_family_cannot_read_is_not_compared() -> None:
    assert told("deb", "kata-image (>= 0:1.1.a:b)") == []


def test_a_bound_on_another_package_is_not_looked_at_but_for_a_hash() -> None:
    assert told("deb", "other (>= 1.1.a)") == []
    (message,) = told("deb", "other (>= 1.1+git.f886228)")
    assert message.startswith("bounds other by 1.1+git.f886228: ")
