"""Who of those who may do a thing at all may do it to a case of this kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from services.ticketing.domain.commands import action_names
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import TicketKind
from services.ticketing.domain.ticket_errors import MajorByDecision, NotYourDeed


def actors_of(kind: TicketKind, action: str) -> frozenset[str] | None:
    """The roles that a kind leaves an action to; None: whoever holds the power."""
    deed = kind.deed(action)
    return deed.roles if deed is not None else kind.actors.get(action)


def check_actor(kind: TicketKind, action: str, roles: Collection[str]) -> None:
    """Raises :class:`NotYourDeed` when the kind leaves the action to others."""
    may = actors_of(kind, action)
    if may is not None and may.isdisjoint(roles):
        action_zh, action_en = action_names(kind, action)
        raise NotYourDeed(
            kind_zh=kind.zh,
            kind_en=kind.en,
            action_zh=action_zh,
            action_en=action_en,
            roles=", ".join(sorted(may)),
        )


def check_major(kind: TicketKind, facts: Facts, given: Mapping[str, Any]) -> None:
    """Raises :class:`MajorByDecision` when classifying would raise or lower a case that others decide about."""
    major = given.get("major")
    # row: AMB-035 no clerk makes a complaint major, and nobody makes it harmless by classifying it
    if major is not None and major != facts.major and kind.deed("raise-major") is not None:
        raise MajorByDecision()
