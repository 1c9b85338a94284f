"""The control file of a .deb, field by field: what dpkg or apt would refuse, and why it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import deb

from pkgguard.errors import PackageError
from pkgguard.families import limits
from pkgguard.families.deb.package import compose, describe, read

HEAD = "Package: a\nVersion: 1\nArchitecture: all\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{HEAD}Description: a\0b\n", "the control character NUL"),
        (f"{HEAD}Description: a\x1ab\n", "the control character SUB"),
        (f"{HEAD}Source: {'9' * (limits.DIGITS + 1)}\n", "digits"),
        (f"{HEAD}Description: x", "the last line is not ended"),
        (f"{HEAD}Source:\n x\nDescription: x\n", "begins on the line after the name"),
        (f"{HEAD}Description:\n", "the last field is empty"),
        (f"{HEAD}Description: x\nDescription: y\n", "the field Description occurs twice"),
        (f"{HEAD}X: x\n", "the field name X is too short for dpkg"),
        (f"{HEAD}Depends\n", "neither a field nor its continuation"),
        ("Package: a\nVersion: one\nArchitecture: all\nDescription: x\n", "Version"),
        (f"{HEAD}Multi-Arch: same\nDescription: x\n", "dpkg refuses same together with Architecture: all"),
        (f"{HEAD}Depends: {', '.join(['b'] * (limits.RELATIONS + 1))}\n", "relations"),
    ],
)
def test_a_stanza_that_dpkg_refuses_is_an_error(text: str, reason: str, tmp_path: Path) -> None:
    path = deb(tmp_path, "a", "1", control=text.encode())
    with pytest.raises(PackageError) as caught:
        read(path)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("Multi-Arch", "Foreign", "apt knows 'foreign' in lower case only"),
        ("Multi-Arch", "yes", "'yes' is not one of"),
        ("Depends", "Kata-Image", "a name has upper-case letters"),
        ("Depends", "b (!! 1.0)", "!!"),
        ("Architecture", "nowhere", "nowhere"),
    ],
)
def test_what_only_apt_or_only_dpkg_takes_is_malformed(field: str, value: str, reason: str) -> None:
    others = HEAD.replace("Architecture: all\n", "") if field == "Architecture" else HEAD
    package = describe(f"{others}{field}: {value}\nDescription: x\n")
    ((name, text, why),) = package.malformed
    assert (name, text) == (field, value)
    assert reason in why or reason in text


def test_an_empty_provides_is_malformed_where_it_is_not_the_last_field() -> None:
    package = describe(f"{HEAD}Provides:\nDescription: x\n")
    assert package.malformed == (("Provides", "", "apt refuses the field where it is empty"),)


def test_a_package_is_made_of_known_fields_only() -> None:
    with pytest.raises(PackageError, match=r"is not a relationship field; use one of .*Depends"):
        compose("a", "1", "", {"Depend": ["b"]})
    assert compose("a", "1", "", {"depends": ["b"]}).architecture == "amd64"
