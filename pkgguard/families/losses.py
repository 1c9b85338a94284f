"""Diagnostics for the parts of a guard that a family cannot express.

A loss never admits an incompatible peer: it refuses something that works, or omits a
relation.
"""

from __future__ import annotations

from typing import Final

from pkgguard.diagnostics import Diagnostic, Severity

HOLE_REFUSED: Final = "hole-refused"
"""The compatible releases on one side of a hole are refused as well."""
HOLE_NOT_ENFORCED: Final = "hole-not-enforced"
"""The package tool checks the relation that excludes a hole only at installation."""
ALTERNATIVE_LEFT_OUT: Final = "alternative-left-out"
"""A suitable package is not among the required alternatives."""
CHOICE_NOT_REQUIRED: Final = "choice-not-required"
"""A choice between protocol versions is not required."""
RECOMMENDATION_LEFT_OUT: Final = "recommendation-left-out"
"""Optional needs are not recommended."""
PRERELEASES_NOT_BOUNDED: Final = "prereleases-not-bounded"
"""There is no bound below a release and all its prereleases."""
PEER_NOT_GUARDED: Final = "peer-not-guarded"
"""The manifest does not say which releases the peer carries."""


def loss(
    id: str,  # noqa: A002
    peer: str,
    message: str,
    releases: tuple[str, ...] = (),
    help: str = "",
) -> Diagnostic:
    """Return the diagnostic of a loss.

    ``peer`` is the package that it is about, ``message`` describes the loss and its
    consequence, ``releases`` are the known releases that the relations refuse although
    they are compatible.
    """
    return Diagnostic(id, Severity.WARNING, message, help, peer=peer, releases=releases)
