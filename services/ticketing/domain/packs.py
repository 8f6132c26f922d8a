"""Packs (业务包): lines of business that bring kinds of tickets of their own. Property is always on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from services.ticketing.domain.kind import TicketKind, kinds

PROPERTY: Final = "property"

PACKS: Final[Mapping[str, tuple[str, str]]] = {
    PROPERTY: ("物业", "Property"),
    "gas": ("燃气", "Gas"),
    "water": ("供水", "Water"),
    "heating": ("供暖", "Heating"),
    "retail": ("零售", "Retail"),
}


def kinds_of(packs: Collection[str]) -> tuple[TicketKind, ...]:
    """The kinds that may be taken in where these packs are on, those of property first."""
    there = [k for k in kinds().values() if not k.retired and (k.pack == PROPERTY or k.pack in packs)]
    order = list(PACKS)
    return tuple(sorted(there, key=lambda kind: (order.index(kind.pack), kind.code)))
