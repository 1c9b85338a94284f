"""The names and versions of Debian packages."""

from __future__ import annotations

from typing import Final

from pkgguard.families.summary import Summary

_NOTES: Final = {
    "breaks-everything": "Breaks cannot express an interval.",
    "bound-blocks-backports": (
        "A backport of 1.0.1-1 is 1.0.1-1~bpo12+1. A bound that ends with a tilde, `>= 1.0.1-1~`, accepts it."
    ),
    "prerelease-slips-through": (
        "1.1.0~rc1 sorts below 1.1.0, so `<< 1.1.0` admits it. End the bound with a tilde: `<< 1.1.0~`."
    ),
    "prerelease-shut-out": (
        "`Breaks: P (<< 1.1.0)` and `Depends: P (>= 1.1.0)` refuse 1.1.0~rc1. `>= 1.1.0~` accepts it."
    ),
    "sorts-elsewhere": "A prerelease with a tilde, as in 1.0.0~rc10, sorts below its release.",
    "unversioned-provides": (
        "An unversioned Provides satisfies no versioned relation. Write `Provides: NAME (= 1.3)`."
    ),
    "never-satisfiable": (
        "`(= 1.7.0)` without a revision matches only a native package: 1.7.0-25 is a different version."
    ),
    "missing-breaks-on-older-peer": "The negative relation is Breaks.",
    "maintainer-harm": (
        "dpkg and apt read the operators < and > as <= and >=, while other tools take them literally. Use"
        " << and >>, and Depends and Breaks."
    ),
}
"""What is true of this family, for the explanations of rules."""

SUMMARY: Final = Summary(
    title="Debian",
    described="a Debian package (.deb)",
    package=r"[a-z0-9][a-z0-9+.-]+",  # Debian Policy 5.6.7
    version=r"(?:[0-9]{1,9}:)?[0-9][A-Za-z0-9.+~-]*(?<!-)",  # deb-version(7)
    pieces=r"\d+|[^\d]+",
    largest_epoch=2**31 - 1,  # dpkg's own limit
    lists_published=True,
    suffixes=(".deb", ".udeb", ".ddeb"),
    magic=b"!<arch>\n",  # ar(5)
    targets=("deb",),
    formats=("control", "substvars"),
    notes=tuple(_NOTES.items()),
)
