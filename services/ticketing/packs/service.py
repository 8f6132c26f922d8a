"""Switching packs, and what of an organisation's kinds follows from it."""

from __future__ import annotations

from datetime import datetime

from services.ticketing.domain.kind import TicketKind
from services.ticketing.domain.packs import PACKS, PROPERTY, kinds_of
from services.ticketing.domain.ticket_errors import KindOff
from services.ticketing.packs import repository
from services.ticketing.packs.errors import AlwaysOn, NoSuchPack
from shared.db.tx import Tx


async def require(tx: Tx, kind: TicketKind) -> None:
    """Raises :class:`KindOff` for a kind whose pack is off. Property is on everywhere: nothing is asked for it."""
    if kind.pack != PROPERTY and not await repository.is_on(tx, kind.pack):
        raise KindOff(pack=kind.pack, kind=kind.code, kind_zh=kind.zh, kind_en=kind.en)


async def packs(tx: Tx) -> dict[str, tuple[bool, datetime | None]]:
    """Every pack there is, whether it is on, and since when it is as it is."""
    rows = {row.pack: row for row in await repository.switched(tx)}
    found: dict[str, tuple[bool, datetime | None]] = {PROPERTY: (True, None)}
    for code in PACKS:
        if code in rows:
            found[code] = (rows[code].switched_on, rows[code].updated_at)
        else:
            found.setdefault(code, (False, None))
    return found


async def switch(tx: Tx, code: str, on: bool, reason: str | None) -> None:
    """Switch a pack on or off. Cases of its kinds that are there go on; new ones are no longer taken in.

    Raises:
        NoSuchPack: unknown.
        AlwaysOn: the pack is property.
    """
    if code not in PACKS:
        raise NoSuchPack()
    if code == PROPERTY:
        raise AlwaysOn()
    before = await repository.is_on(tx, code)
    if before == on:
        return
    await repository.switch(tx, code, on)
    state = {"pack": code, "on": before}
    tx.audit("pack.switch", "pack", tx.org_id, before=state, after={"pack": code, "on": on, "reason": reason})


async def kinds_on(tx: Tx) -> tuple[TicketKind, ...]:
    """The kinds that this organisation may take in now."""
    return kinds_of([code for code, (on, _) in (await packs(tx)).items() if on])
