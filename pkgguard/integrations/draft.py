"""A manifest drafted from the source of packages: what is there is data, what is not known is a gap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pkgguard.budget import spend
from pkgguard.errors import SourceError
from pkgguard.families.lookup import family
from pkgguard.integrations.hand_written import Roles, changes_of, pairs
from pkgguard.integrations.listed_releases import listed_releases
from pkgguard.manifest.gaps import MARK, gap
from pkgguard.manifest.limits import NAME
from pkgguard.report.render import fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkgguard.integrations.adopted import AdoptedSource
    from pkgguard.integrations.listed_releases import ListedReleases

_WIDTH: Final = 100
_MOST: Final = 12
"""Packages that are listed if it is not known which of them are the client and the server."""
_PEER: Final = "peer"
"""The component that stands for a peer in another source, whose name is not known."""


def draft(source: AdoptedSource, *, client: str = "", server: str = "", protocol: str = "api") -> str:
    """Return a manifest drafted for the packages of a source.

    ``client`` and ``server`` name packages, which may be of another source; without
    them, the relations between the packages decide. Raises :class:`SourceError` if a
    package has a name that its family does not allow.
    """
    _check_names(source, client, server)
    roles = _roles(source, client, server)
    listed = listed_releases(source)
    found = changes_of(source, roles, listed)
    own = {one.name for one in source.packages}
    owner = next((name for name in roles.names if name in own), "")
    names = ", ".join(roles.names)
    return fill(
        "manifest-from-source.toml",
        project=source.project,
        files=source.files,
        mark=MARK.strip(),
        family=source.family,
        components=[_component(name, owner, listed, own) for name in roles.names],
        packages=[_package(name, listed if name in own else None) for name in roles.names],
        protocol=protocol,
        clients=list(roles.clients) or [gap(f"the component that calls the other one, of {names}")],
        server=roles.server or gap(f"the component that is called, of {names}"),
        mode=found.mode,
        changes=[one.values(several=len(roles.clients) > 1) for one in found.changes],
        notes=[*found.notes, *_notes(source, listed)],
        horizon=found.horizon,
    )


def _check_names(source: AdoptedSource, client: str, server: str) -> None:
    is_package = family(source.family).summary.is_package
    for name in (*(one.name for one in source.packages), *filter(None, (client, server))):
        if not is_package(name) or len(name) > NAME or not re.fullmatch(r"[A-Za-z0-9._+-]+", name):
            raise SourceError(source.files[0], "", f"{name[:NAME]!r} is not a package name", "correct it")


def _roles(source: AdoptedSource, client: str, server: str) -> Roles:
    """Return which packages are clients and which is the server, as far as that is known."""
    found = pairs(source, client, server)
    servers = tuple(dict.fromkeys(one.server for one in found))
    if len(servers) == 1:
        clients = tuple(dict.fromkeys(one.client for one in found))
        return Roles(clients, servers[0], (*clients, servers[0]))
    if client and server:
        return Roles((client,), server, (client, server))
    given = tuple(filter(None, (client, server)))
    related = (name for one in found for name in one)
    names = dict.fromkeys((*given, *related, *(one.name for one in source.packages)))
    every = tuple(names)[:_MOST]
    if len(every) == 1:
        every = (*every, _PEER)
    if given and len(every) == 2:
        other = next(name for name in every if name not in given)
        return Roles((client or other,), server or other, every)
    return Roles((client,) if client else (), server, every)


def _component(name: str, owner: str, listed: ListedReleases, own: set[str]) -> dict[str, Any]:
    if name in own and name != owner:
        return {"name": name, "releases_of": owner}
    if name in own:
        texts = [str(one) for one in listed.releases] or [gap("every final release, oldest first")]
    else:
        texts = [str(one) for one in listed.elsewhere.get(name, ())]
        texts.append(gap(f"the other releases of {name}, which is in another source"))
    return {"name": name, "releases_of": "", "scheme": listed.scheme_name, "releases": _rows(texts)}


def _rows(texts: Sequence[str]) -> list[list[str]]:
    """Return texts in rows that fit on a line."""
    rows: list[list[str]] = []
    width = 0
    for text in texts:
        spend()
        width += len(text) + 4
        if not rows or width > _WIDTH:
            rows.append([])
            width = len(text) + 4
        rows[-1].append(text)
    return rows


def _package(name: str, listed: ListedReleases | None) -> dict[str, Any]:
    epochs = [(start, str(epoch)) for start, epoch in listed.epochs] if listed is not None else []
    called = gap("the name of the package that this one talks to") if name == _PEER else ""
    return {"name": name, "called": called, "epochs": epochs}


def _notes(source: AdoptedSource, listed: ListedReleases) -> list[str]:
    notes = [f"Not read, see for yourself: {one}" for one in source.unread]
    if listed.strange:
        notes.append(f"No release was taken from these versions: {', '.join(listed.strange)}")
    return notes
