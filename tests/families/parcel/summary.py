"""What a manifest and the command line must know of parcels."""

from __future__ import annotations

from typing import Final

from pkgguard.families.summary import Summary

SUMMARY: Final = Summary(
    title="parcel",
    described="a parcel (.parcel)",
    package=r"[a-z][a-z0-9+.-]*",
    version=r"[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9]+)?",
    pieces="",
    largest_epoch=0,
    lists_published=False,
    suffixes=(".parcel",),
    magic=b"PARCEL1\n",
    targets=("parcel",),
    formats=("parcel",),
)
