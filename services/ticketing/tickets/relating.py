"""What a resident's relation to a unit lets them decide about its cases (architecture §3)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from services.ticketing.access import zone_of
from services.ticketing.domain.ticket_errors import MayNotDecide
from services.ticketing.tickets import repository
from shared.auth import Principal
from shared.db.tx import Tx


async def forbid_without(tx: Tx, who: Principal, ticket: Row[Any], power: str) -> None:
    """Raises :class:`MayNotDecide` when a resident's present relations to the unit do not include the power."""
    if not who.is_resident or ticket.unit_id is None:
        return
    held = await repository.relation_powers(tx, who.sub, ticket.unit_id, tx.now, zone_of(ticket.timezone))
    # Without a row on the register the token itself is the relation: it names the unit. Whoever left the unit still
    # reads what they reported, and decides nothing there any more.
    if ticket.unit_id not in who.units or (held and not any(power in powers for powers in held)):
        raise MayNotDecide()
