"""Epochs of the packages of a spec file."""

from __future__ import annotations

import pytest
from real.rpmbuild import Rpmbuild
from spec_files import failed, relations, spec, subpackage

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools", "release")]


WITH_EPOCH = """
manifest = 1
project = "epochs"
[component.client]
releases = ["1.1.0"]
[component.server]
releases = ["1.1.0"]
[package.{named}]
carries = ["client"]
files = ["/usr/bin/client"]
{epoch}
[package.server]
carries = ["server"]
[protocol.talk]
client = ["client"]
server = "server"
"""


@pytest.mark.parametrize("how", ["macro", "generator"])
@pytest.mark.parametrize("wanted", ["", "2"])
@pytest.mark.parametrize("given", ["", "0", "2", "3"])
def test_another_epoch_than_the_manifest_gives_it_ends_the_build(
    rpmbuild: Rpmbuild, given: str, wanted: str, how: str
) -> None:
    epoch = f"epoch = {wanted}" if wanted else ""
    (rpmbuild.sources / "pkgguard.toml").write_text(WITH_EPOCH.format(named="client", epoch=epoch), "utf-8")
    preamble = f"Epoch: {given}\n" if given else ""
    files = "/usr/bin/client" if how == "generator" else ""
    preamble += "%{pkgguard_relations client}" if how == "macro" else ""
    built = rpmbuild.build(spec(preamble, name="client", files=files))
    if given.strip("0") == wanted:
        assert any("server" in one for one in relations(rpmbuild, built, "client"))
    else:
        failed(built, f"its epoch is {given.strip('0') or 'none'}, but {wanted or 'none'} in the manifest")


@pytest.mark.parametrize("wanted", ["", "2"])
@pytest.mark.parametrize("known", ["main", "before", "between", "after"])
def test_the_epoch_of_another_package_of_the_spec_is_not_taken_for_its_own(
    rpmbuild: Rpmbuild, known: str, wanted: str
) -> None:
    """rpm shows any package that has no epoch the epoch of another one."""
    epoch = f"epoch = {wanted}" if wanted else ""
    (rpmbuild.sources / "pkgguard.toml").write_text(WITH_EPOCH.format(named=known, epoch=epoch), "utf-8")

    def files(name: str) -> str:
        return "/usr/bin/client" if name == known else f"/usr/share/{name}"

    more = (
        subpackage("before", files=files("before"))
        + subpackage("other", "Epoch: 2", files("other"))
        + subpackage("between", files=files("between"))
        + subpackage("another", "Epoch: 2", files("another"))
        + subpackage("after", files=files("after"))
    )
    built = rpmbuild.build(spec(name="main", files=files("main"), more=more))
    if wanted:
        failed(built, "its epoch is none, but 2 in the manifest")
    else:
        assert any("server" in one for one in relations(rpmbuild, built, known))


@pytest.mark.parametrize("known", ["own", "inherited"])
def test_a_subpackage_has_an_epoch_of_its_own_or_the_main_one(rpmbuild: Rpmbuild, known: str) -> None:
    wanted = {"own": "5", "inherited": "2"}[known]
    text = WITH_EPOCH.format(named=known, epoch=f"epoch = {wanted}")
    (rpmbuild.sources / "pkgguard.toml").write_text(text, "utf-8")
    more = "".join(
        subpackage(name, preamble, "/usr/bin/client" if name == known else f"/usr/share/{name}")
        for name, preamble in (("own", "Epoch: 5"), ("inherited", ""), ("third", "Epoch: 7"))
    )
    built = rpmbuild.build(spec("Epoch: 2", name="main", files="/usr/share/main", more=more))
    assert any("server" in one for one in relations(rpmbuild, built, known))
    assert not built.log.count("Macro %epoch")
