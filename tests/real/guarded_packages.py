"""Packages of Kata and of other histories, with and without generated relations."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from pkgguard import api
from real.generated import (
    Built,
    build_generated,
    works,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


RUNTIME, IMAGE = "kata-runtime", "kata-containers-image"
KATA = api.built_in().manifest


# The first release on each side of every bound of Kata's history, the last before it, and some between.
RELEASES = (
    "1.0.0", "1.1.0", "1.1.1", "1.2.0", "1.2.2", "1.3.0", "1.4.3", "1.5.0", "1.6.7", "1.7.0", "1.8.5",
    "1.9.0", "1.10.8", "1.11.0", "1.12.1", "2.0.0", "2.0.4", "2.1.0", "2.1.1", "2.2.0", "2.2.3", "2.3.0",
    "2.3.3", "2.4.0", "2.4.3", "2.5.0", "3.1.3", "3.2.0", "3.3.0", "3.15.0", "3.16.0", "3.17.0", "3.27.0",
    "3.28.0", "3.29.0", "3.31.0", "3.32.0", "4.0.0", "4.1.0",
)  # fmt: skip


Packages = dict[tuple[str, str], Built]


def kata_works(runtime: str, image: str) -> bool:
    return works(KATA, (RUNTIME, runtime), (IMAGE, image))


def kata_packages(directory: Path, target: tuple[str, str], releases: Iterable[str] = RELEASES) -> Packages:
    return build_generated(directory, KATA, target, product((RUNTIME, IMAGE), releases))


def paths(packages: Packages, *keys: tuple[str, str]) -> list[Path]:
    return [packages[key].path for key in keys]


def pair(packages: Packages, runtime: str, image: str) -> list[Path]:
    return paths(packages, (RUNTIME, runtime), (IMAGE, image))


HEAD = """
manifest = 1
project = "shapes"
[component.runtime]
releases = ["1.0.0", "1.0.5", "1.1.0", "1.2.0", "1.3.0", "2.0.0"]
[component.agent]
releases = ["1.0.0", "1.0.5", "1.1.0", "1.2.0", "1.3.0", "2.0.0"]
"""


RUNTIME_PACKAGE = '[package.runtime]\ncarries = ["runtime"]\n'
IMAGE_PACKAGE = '[package.image]\ncarries = ["agent"]\n'
INITRD_PACKAGE = '[package.initrd]\ncarries = ["agent"]\n'
PROTOCOL = '[protocol.agent]\nclient = ["runtime"]\nserver = "agent"\n'
PLAIN = HEAD + RUNTIME_PACKAGE + IMAGE_PACKAGE + PROTOCOL
ALTERNATIVES = HEAD + RUNTIME_PACKAGE + IMAGE_PACKAGE + INITRD_PACKAGE + PROTOCOL


def change(kind: str, server: str, client: str = "", what: str = "Call") -> str:
    needed = f"client = {client}\n" if client else ""
    return f'[[change]]\nprotocol = "agent"\nkind = "{kind}"\nwhat = "{what}"\nserver = {server}\n{needed}'


def broken(component: str, release: str) -> str:
    return f'[[broken]]\ncomponent = "{component}"\nrelease = "{release}"\n'


ADDED = change("added", '"1.1.0"', '"1.1.0"')
REMADE = change("changed", '"2.0.0"', '"2.0.0"', "Form")


# Two holes: what 1.1.0 lacks and its branch has, and the broken one.
HOLED = change("added", '["1.0.5", "1.2.0"]', '"1.0.5"', "Backported") + broken("agent", "1.3.0")


SHAPES = {
    "removed and added again": PLAIN
    + ADDED
    + change("removed", '"1.2.0"')
    + change("added", '"1.3.0"', '"1.3.0"'),
    "removed for a client that stopped": PLAIN + change("removed", '"1.2.0"', '"1.1.0"'),
    "a branch without a hole": PLAIN + change("added", '["1.0.5", "1.1.0"]', '"1.0.5"'),
    "a branch with a hole": PLAIN + change("added", '["1.0.5", "1.2.0"]', '["1.0.5", "1.2.0"]'),
    "two forms at once": PLAIN + change("changed", '"1.1.0"', '"1.2.0"') + 'old_until = "1.3.0"\n',
    "two holes": PLAIN + HOLED,
    "broken server": PLAIN + ADDED + broken("agent", "1.2.0"),
    "broken newest server": PLAIN + ADDED + broken("agent", "2.0.0"),
    "broken client": PLAIN + ADDED + broken("runtime", "1.2.0"),
    "broken on both sides": PLAIN + ADDED + broken("runtime", "1.2.0") + broken("agent", "1.2.0"),
    "a hole that is published": PLAIN.replace(
        '[package.image]\ncarries = ["agent"]',
        '[package.image]\ncarries = ["agent"]\n[package.image.deb]\npublished = ["1.2.0-1", "1.3.0-1"]',
    )
    + broken("agent", "1.2.0"),
    "epoch and another name": PLAIN.replace(
        IMAGE_PACKAGE, IMAGE_PACKAGE + 'epoch = 1\nrpm = "Image-For_RPM"\n'
    )
    + ADDED
    + REMADE,
    "epoch of the client": PLAIN.replace(RUNTIME_PACKAGE, RUNTIME_PACKAGE + "epoch = 2\n") + ADDED + REMADE,
    "protocol versions": PLAIN.replace(PROTOCOL, PROTOCOL + 'provides = "agent-protocol"\n') + ADDED + REMADE,
    "protocol versions and a hole": PLAIN.replace(PROTOCOL, PROTOCOL + 'provides = "agent-protocol"\n')
    + ADDED
    + broken("agent", "1.2.0"),
    "lockstep": PLAIN + '[policy]\nmode = "lockstep"\n',
    "lockstep with an epoch": PLAIN.replace(IMAGE_PACKAGE, IMAGE_PACKAGE + "epoch = 1\n")
    + '[policy]\nmode = "lockstep"\nprereleases = "include"\n',
    "window": PLAIN + ADDED + '[policy]\nmode = "window"\nwindow = 1\n',
    "window with a hole": PLAIN + broken("agent", "1.1.0") + '[policy]\nmode = "window"\nwindow = 2\n',
    "nothing beyond the newest": PLAIN + ADDED + '[policy]\nhorizon = "none"\n',
    "everything beyond the newest": PLAIN + ADDED + '[policy]\nhorizon = "major"\n',
    "listed prereleases": PLAIN.replace('"1.1.0", ', '"1.1.0-rc.1", "1.1.0-rc.10", "1.1.0", ')
    + change("added", '"1.1.0-rc.10"', '"1.1.0-rc.1"'),
    "two clients in one package": (
        HEAD + '[component.shim]\nreleases = ["1.0.0", "1.1.0", "1.3.0", "2.0.0"]\n'
    )
    + '[package.runtime]\ncarries = ["runtime", "shim"]\n'
    + IMAGE_PACKAGE
    + PROTOCOL.replace('["runtime"]', '["runtime", "shim"]')
    + change("added", '"1.1.0"', '{ runtime = "1.1.0" }')
    + change("removed", '"2.0.0"', '{ shim = "1.3.0" }', "Old"),
    "two packages of clients": (HEAD + '[component.shim]\nreleases = ["1.0.0", "1.1.0", "1.3.0", "2.0.0"]\n')
    + '[package.runtime]\ncarries = ["runtime"]\n[package.shim]\ncarries = ["shim"]\n'
    + IMAGE_PACKAGE
    + PROTOCOL.replace('["runtime"]', '["runtime", "shim"]')
    + change("added", '"1.1.0"', '{ runtime = "1.1.0", shim = "1.3.0" }'),
    "two images": ALTERNATIVES + ADDED + REMADE,
    "two images and a hole": ALTERNATIVES + ADDED + broken("agent", "1.2.0"),
    "two images with a slot": ALTERNATIVES.replace(PROTOCOL, PROTOCOL + 'slot = "agent-slot"\n') + ADDED,
    "two images by protocol": ALTERNATIVES.replace(
        PROTOCOL, PROTOCOL + 'slot = "agent-slot"\nprovides = "agent-protocol"\n'
    )
    + ADDED
    + REMADE,
}
