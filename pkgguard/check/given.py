"""What packages that are judged together make of one another."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkgguard.check.subject import Subject
    from pkgguard.generate.release_to_version import Translations


class Given:
    """What packages that are judged together share.

    ``translations`` are those of their manifest. ``meetings`` are set when the
    pairs have been judged, which comes before the rules: for each two packages
    that meet, the two, whether they can be installed together and whether they work.
    """

    def __init__(self, translations: Translations) -> None:
        self.translations = translations
        self.meetings: Iterable[tuple[Subject, Subject, bool | None, bool]] = ()

    def meetings_of(self, subject: Subject, peer: str) -> tuple[Meeting, ...]:
        """Return what the given packages of a peer, by its name in the manifest, do beside a subject."""
        return tuple(self._index.get((id(subject), peer), ()))

    @cached_property
    def _index(self) -> dict[tuple[int, str], list[Meeting]]:
        found: dict[tuple[int, str], list[Meeting]] = {}
        for one, other, installable, compatible in self.meetings:
            for own, peer in ((one, other), (other, one)):
                key = (id(own), peer.identity.package.name)
                found.setdefault(key, []).append(Meeting(peer, installable, compatible))
        return found


class Meeting(NamedTuple):
    """A given peer of a subject, whether the two can be installed together, and whether they work.

    ``installable`` is None where that is not judged.
    """

    peer: Subject
    installable: bool | None
    compatible: bool
