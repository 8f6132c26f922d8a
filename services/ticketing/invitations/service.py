"""Inviting members of staff: sent, sent anew, withdrawn; and what using a code does."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.assignments.repository import lock_staff
from services.ticketing.assignments.service import within_reach
from services.ticketing.domain.duties import GUARDED_ROLES
from services.ticketing.domain.grants import invitation as rules
from services.ticketing.domain.staff_errors import StaffLeft
from services.ticketing.invitations import repository
from services.ticketing.invitations.errors import (
    HasPassword,
    InvitationNotYours,
    InvitationOver,
    NoAddress,
    NoSuchInvitation,
)
from services.ticketing.invitations.schemas import InviteIn
from services.ticketing.sessions.limiter import too_often
from services.ticketing.sessions.passwords import PASSWORD
from services.ticketing.sessions.repository import credential
from services.ticketing.sessions.secrets import Vault
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7

#: The job that sends an invitation; its payload is sealed, for it holds an address and the code itself.
SEND_JOB: Final = "staff.send_invitation"


def hashed(vault: Vault, org_id: UUID, id: UUID, kind: str, address: str, code: str) -> bytes:
    """What is stored of a code: keyed, and of no use with another address than the one it was sent to."""
    return vault.hash("invitation", org_id.bytes, id.bytes, kind, address.lower(), code)


async def invite(tx: Tx, vault: Vault, who: Principal, staff_id: UUID, kind: rules.Kind, body: InviteIn) -> Row[Any]:
    """Send a member of staff a code; the one sent before, if it is still open, ends.

    Raises:
        NoSuchStaff: unknown, or outside the caller's reach.
        InvitationNotYours, StaffLeft, NoAddress, HasPassword (an invitation, not a reset).
        TooOften: the last message went out less than a minute ago.
    """
    await within_reach(tx, who, staff_id)
    # Locked, as leaving does: whoever is gone by now is not invited, and two at once send one after the other.
    row = (await lock_staff(tx, [staff_id]))[staff_id]
    if staff_id == who.sub or (GUARDED_ROLES & set(row.roles) and "admin" not in who.roles):
        raise InvitationNotYours
    if row.left_at is not None or row.erased_at is not None:
        raise StaffLeft
    address: str | None = row.phone if body.by == "phone" else row.email
    if not address:
        raise NoAddress
    if kind == "invite" and await credential(tx, staff_id, PASSWORD) is not None:
        raise HasPassword
    latest = await repository.of_staff(tx, staff_id)
    wait = rules.wait(latest[0].created_at if latest else None, tx.wall)
    if wait > timedelta():
        raise too_often(wait)
    await repository.end(tx, staff_id, "replaced")
    id, code = uuid7(), rules.written(secrets.randbelow(rules.LARGEST))
    expires_at = tx.wall + timedelta(hours=body.hours)
    await repository.insert(
        tx,
        {
            "id": id,
            "staff_id": staff_id,
            "kind": kind,
            "channel": body.by,
            "code_hash": hashed(vault, tx.org_id, id, body.by, address, code),
            "invited_by": who.sub,
            "expires_at": expires_at,
        },
    )
    told = {"id": str(id), "kind": kind, "to": address, "code": code, "language": row.locale, "hours": body.hours}
    tx.enqueue(SEND_JOB, {"sealed": vault.seal_text(SEND_JOB, told)})
    tx.audit("staff.invited", "staff", staff_id, after={"invitation_id": id, "kind": kind, "by": body.by})
    return await _known(tx, id)


async def listed(tx: Tx, who: Principal, staff_id: UUID) -> Sequence[Row[Any]]:
    """A member of staff's latest invitations. Raises NoSuchStaff."""
    await within_reach(tx, who, staff_id)
    return await repository.of_staff(tx, staff_id)


async def withdraw(tx: Tx, who: Principal, staff_id: UUID, id: UUID) -> Row[Any]:
    """End an open invitation. Raises NoSuchStaff, NoSuchInvitation, InvitationOver or InvitationNotYours."""
    await within_reach(tx, who, staff_id)
    row = await repository.one(tx, id, lock=True)
    if row is None or row.staff_id != staff_id:
        raise NoSuchInvitation
    if row.kind == "reset" and "admin" not in who.roles:
        raise InvitationNotYours
    if not rules.is_good(row.state, row.expires_at, tx.wall):
        raise InvitationOver
    await end(tx, staff_id)
    return await _known(tx, id)


async def end(tx: Tx, staff_id: UUID) -> None:
    """Withdraw whatever is open: somebody said so, or the member of staff left."""
    for id in await repository.end(tx, staff_id, "withdrawn"):
        tx.audit("staff.invitation_withdrawn", "staff", staff_id, after={"invitation_id": id})


async def _known(tx: Tx, id: UUID) -> Row[Any]:
    row = await repository.one(tx, id)
    assert row is not None  # written in this transaction
    return row
