"""The names and versions of rpm packages."""

from __future__ import annotations

from typing import Final

from pkgguard.families.summary import Summary

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
)
