"""Keeps ``staff.roles`` and ``staff.units`` what somebody holds now, and tells peers when that changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.assignments import repository
from services.ticketing.domain.staffing import Holding, Standing, next_edge, standing
from shared.db.tx import Tx

#: Fires when a dated assignment of somebody begins or ends; its subject is the member of staff.
EDGE = "assignment.edge"


def standing_of(row: Row[Any], holdings: Iterable[Holding], tx: Tx) -> Standing:
    """What a stored member of staff holds at the transaction's instant."""
    base_roles = row.roles if row.base_roles is None else row.base_roles
    base_units = row.units if row.base_units is None else row.base_units
    return standing(base_roles, base_units, holdings, tx.now, row.left_at)


async def present_roles(tx: Tx, person_id: UUID, token_roles: frozenset[str]) -> frozenset[str]:
    """The roles by which somebody decides at this instant: those of the token that still hold.

    A token outlives an assignment by up to its life; a decision does not. Whoever is not on the register of staff (a
    connected system, a peer) decides by the token alone.
    """
    row = await repository.staff_row(tx, person_id)
    if row is None:
        return token_roles
    if row.base_roles is None and row.left_at is None:
        return token_roles
    held = (await repository.holdings(tx, [person_id])).get(person_id, [])
    return token_roles & frozenset(standing_of(row, held, tx).roles)


async def refresh(tx: Tx, person_id: UUID) -> None:
    """Bring the stored standing of a member of staff up to now, and set the timer of its next change.

    Call it with their row locked, after any change of what they hold. Harmless when nothing changed.
    """
    row = (await repository.lock_staff(tx, [person_id])).get(person_id)
    if row is None:
        return
    held = (await repository.holdings(tx, [person_id])).get(person_id, [])
    now = standing_of(row, held, tx)
    values: dict[str, Any] = {}
    if row.base_roles is None and held:
        values = {"base_roles": list(row.roles), "base_units": list(row.units)}
    if list(now.roles) != list(row.roles) or list(now.units) != list(row.units):
        values |= {"roles": list(now.roles), "units": list(now.units)}
    if values:
        await repository.update_staff(tx, person_id, {**values, "version": row.version + 1})
        told(tx, person_id, row.version + 1, now)
    edge = next_edge(held, tx.now, row.left_at)
    if edge is None:
        tx.cancel_timer(EDGE, person_id)
    else:
        tx.set_timer(EDGE, person_id, edge)


def told(tx: Tx, person_id: UUID, version: int, now: Standing) -> None:
    """Tell peers what somebody holds now."""
    units = [str(unit) for unit in now.units]
    data = {"person_id": str(person_id), "roles": list(now.roles), "units": units}
    tx.emit("staff.upserted.v1", subject=person_id, seq=version, data=data)
    # Those who keep contacts compare the person's version with their copy's.
    tx.emit("person.upserted.v1", subject=person_id, seq=version, data={"version": version})
