"""The names and versions of Debian packages."""

from __future__ import annotations

from typing import Final

from pkgguard.families.summary import Summary

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
)
