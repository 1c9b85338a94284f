"""Alternatives with holes: their clauses multiply, and what does not fit is left out and told."""

from __future__ import annotations

import pytest

from pkgguard.families import losses
from pkgguard.families.deb.encode import MOST_CLAUSES
from pkgguard.families.interface import AllowedVersions, EncodedRelations, GuardRequirements, Package, Peer
from pkgguard.families.lookup import family
from pkgguard.versions.sets import Boundary, VersionSet

DEB = family("deb")


def holed(name: str, holes: int) -> AllowedVersions:
    """Return a package of which some versions are not allowed, and the first and the last are."""
    bad = [DEB.range_of("=", f"{number}.0") for number in range(1, holes + 1)]
    known = {f"{number}.5": Boundary.before(DEB.key(f"{number}.5")) for number in range(1, holes + 1)}
    return AllowedVersions(name, ~VersionSet.union(bad), known)


def encoded(*group: AllowedVersions, refuse: tuple[AllowedVersions, ...] = ()) -> EncodedRelations:
    return DEB.encode(GuardRequirements(require=(group,), refuse=refuse), "deb")


def depends(found: EncodedRelations) -> list[str]:
    return [one.text for one in found.relations if one.field == "Depends"]


def check_sound(found: EncodedRelations, group: tuple[AllowedVersions, ...]) -> None:
    """The relations admit no version of a package that is not allowed."""
    for allowed in group:
        package = Package("deb", "own", "1-1", "amd64", found.relations)
        assert DEB.admitted(package, Peer(allowed.name)) <= allowed.versions


def test_one_package_with_many_holes_has_a_clause_for_each() -> None:
    found = encoded(holed("a", 5))
    assert len(depends(found)) == 5
    assert found.losses == ()
    check_sound(found, (holed("a", 5),))


def test_too_many_holes_leave_the_largest_part() -> None:
    group = (holed("a", MOST_CLAUSES + 1),)
    found = encoded(*group)
    (loss,) = found.losses
    assert loss.id == losses.HOLE_REFUSED
    assert loss.message.startswith("Depends would need 65 clauses for its holes")
    assert len(loss.releases) == MOST_CLAUSES
    assert len(depends(found)) <= 2
    check_sound(found, group)


@pytest.mark.parametrize("count", [7, 8])
def test_alternatives_that_multiply_beyond_the_limit_lose_the_last_of_them(count: int) -> None:
    bounds = DEB.range_of(">=", "1.0") & DEB.range_of("<", "2.0")
    group = tuple(AllowedVersions(f"p{number}", bounds) for number in range(count))
    assert 2**count > MOST_CLAUSES
    found = encoded(*group)
    assert len(depends(found)) <= MOST_CLAUSES
    assert [loss.peer for loss in found.losses] == [f"p{number}" for number in range(count - 1, 5, -1)]
    assert {loss.id for loss in found.losses} == {losses.ALTERNATIVE_LEFT_OUT}


def test_where_breaks_keeps_the_rest_away_one_clause_is_enough() -> None:
    bounds = DEB.range_of(">=", "1.0") & DEB.range_of("<", "2.0")
    group = tuple(
        AllowedVersions(f"p{number}", bounds | DEB.range_of("=", f"{number + 3}.0")) for number in range(8)
    )
    found = encoded(*group, refuse=group)
    assert depends(found) == [" | ".join(f"p{number} (= {number + 3}.0)" for number in range(8))]
    assert {loss.id for loss in found.losses} == {losses.HOLE_REFUSED}
    check_sound(found, group)
