"""The names and versions of rpm packages."""

from __future__ import annotations

from typing import Final

from pkgguard.families.summary import Summary

_NOTES: Final = {
    "breaks-everything": "An interval is a single clause, whose bounds are joined by `with`.",
    "prerelease-slips-through": (
        "1.1.0~rc1 sorts below 1.1.0, so `< 1.1.0` admits it. End the bound with a tilde: `< 1.1.0~`."
    ),
    "prerelease-shut-out": (
        "`Conflicts: P < 1.1.0` and `Requires: P >= 1.1.0` refuse 1.1.0~rc1. `>= 1.1.0~` accepts it."
    ),
    "sorts-elsewhere": "A prerelease with a tilde, as in 1.0.0~rc10, sorts below its release.",
    "two-providers-hole": (
        "Two versions of a package can be installed together. Bounds that are joined by `with` are"
        " satisfied by one package."
    ),
    "unversioned-provides": (
        "An unversioned Provides satisfies every versioned Requires and matches every versioned Conflicts"
        " with that name, so the guards of other packages have no meaning. Write `Provides: NAME = 1.3`."
    ),
    "missing-breaks-on-older-peer": "The negative relation is Conflicts.",
    "maintainer-harm": "Use Requires and Conflicts.",
}
"""What is true of this family, for the explanations of rules."""

SUMMARY: Final = Summary(
    title="rpm",
    described="an rpm package (.rpm)",
    package=r"[A-Za-z0-9_][A-Za-z0-9._+-]*",  # rpm-spec(7), Name
    version=r"(?:[0-9]{1,10}:)?[A-Za-z0-9._+~^]+(?:-[A-Za-z0-9._+~^]+)?",  # rpm-version(7)
    pieces=r"\d+|[A-Za-z]+",  # characters that are neither letters nor digits are ignored
    largest_epoch=2**31 - 1,  # rpm accepts twice that, but a manifest's epoch must be valid in every family
    lists_published=False,
    suffixes=(".rpm",),
    magic=b"\xed\xab\xee\xdb",  # rpm's lead
    targets=("rpm", "rpm-legacy"),
    formats=("spec",),
    dialects="rpm-legacy has no rich dependencies",
    notes=tuple(_NOTES.items()),
)
