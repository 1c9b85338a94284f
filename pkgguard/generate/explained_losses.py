"""The relations and the statements of the manifest behind the losses of a package version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.families.expression import speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.compat.guard import Guard
    from pkgguard.compat.reasons import Reason
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.generate.relations import Generated


def explained_losses(generated: Generated) -> Iterator[Diagnostic]:
    """Yield the losses of a package version with their relations and reasons.

    The relations are those that name the peer of the loss. The reasons are those of the
    holes between the allowed releases of the peer. If there are none, they are all
    reasons that exclude releases of it.
    """
    guards = {guard.peer.shipping[generated.family].name: guard for guard in generated.guards}
    for loss in generated.losses:
        if loss.peer not in guards:
            yield loss
            continue
        relations = dict.fromkeys(
            str(explained.relation)
            for explained in generated.relations
            if speaks_of(explained.relation.expression, loss.peer)
        )
        yield loss._replace(relations=tuple(relations), reasons=_reasons(guards[loss.peer]))


def _reasons(guard: Guard) -> tuple[Reason, ...]:
    holes = guard.allowed.span() - guard.allowed
    in_holes = (one for one in guard.required if holes and not one.excluded.is_disjoint(holes))
    found = tuple(in_holes) or guard.required or guard.exclusions
    return tuple(dict.fromkeys(exclusion.reason for exclusion in found))
