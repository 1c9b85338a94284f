"""Published versions that do not show their release, and how far each of them reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from pkgguard.families.interface import Family
    from pkgguard.manifest.package_spec import Shipping
    from pkgguard.versions.release import Release, Scheme


class Irregular(NamedTuple):
    """The versions that carry a release because the manifest says so of the first one of them."""

    version: str
    versions: VersionSet
    release: Release


def irregular_versions(shipping: Shipping, family: Family, scheme: Scheme) -> tuple[Irregular, ...]:
    """Return what the manifest says of single versions of a package, in the family's order.

    Each holds from its version on, until the next one or the next release that the
    number at its beginning can lead to: 1.6.20-3 until 1.6.21.
    """
    starts = sorted(
        (family.range_of(">=", version).boundaries[0], version, release)
        for version, release in shipping.irregular
    )
    found = []
    for place, (start, version, release) in enumerate(starts):
        reach = VersionSet.from_(start)
        for following, _, _ in starts[place + 1 : place + 2]:
            reach &= VersionSet.until(following)
        found.append(Irregular(version, reach & _until_next(version, family, scheme), release))
    return tuple(found)


def _until_next(version: str, family: Family, scheme: Scheme) -> VersionSet:
    """Return the versions below the next release after the number at the beginning of a version."""
    epoch, upstream, _ = family.split(version)
    texts = scheme.core(upstream).texts
    if not texts:
        return family.range_of("<=", version)
    numbers = [int(number) for number in texts[-1].split(".")]
    following = scheme.parse(".".join(map(str, (*numbers[:-1], numbers[-1] + 1))))
    plain = family.releases.write(following.shortest)
    bound = family.releases.below(plain) or plain
    return family.range_of("<", family.join(epoch, bound, ""))
