"""Lending one's power to decide, for a time, with a reason; never on, never strict steps (D-083)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.assignments.repository import lock_staff
from services.ticketing.delegations import repository
from services.ticketing.delegations.schemas import DelegationIn
from services.ticketing.domain.staff_errors import DelegationInvalid, DelegationOver, NoSuchDelegation
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError

LONGEST = timedelta(days=92)


async def lend(tx: Tx, who: Principal, body: DelegationIn) -> Row[Any]:
    """Lend one's own powers. Raises DelegationInvalid: to nobody who works here, to oneself, or for too long."""
    since = body.since or tx.now
    wrong = []
    if not max(since, tx.now) < body.until <= since + LONGEST:
        told = ("应晚于现在及开始时间，且不超过 92 天", "Should lie after now and since, by 92 days at most")
        wrong.append(FieldError("until", *told))
    rows = await lock_staff(tx, [who.sub, body.to_id])
    heir = rows.get(body.to_id)
    if body.to_id == who.sub or heir is None or heir.left_at is not None or not heir.roles:
        wrong.append(FieldError("to_id", "应为另一名在职员工", "Should be another member of staff who works here"))
    if who.sub not in rows:
        wrong.append(FieldError("to_id", "您不在员工名册上", "You are not on the register of staff"))
    if wrong:
        raise DelegationInvalid(fields=wrong)
    values = {**body.model_dump(), "since": since, "from_id": who.sub, "made_by": who.sub}
    id = await repository.insert(tx, values)
    tx.audit("delegation.made", "delegation", id, after={k: values[k] for k in ("to_id", "since", "until", "reason")})
    row = await repository.find(tx, id)
    assert row is not None  # stored above
    return row


async def revoke(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    """Take back what one lent. Raises NoSuchDelegation (another's as well), DelegationOver."""
    row = await repository.find(tx, id, lock=True)
    if row is None or row.from_id != who.sub:
        raise NoSuchDelegation()
    if row.revoked_at is not None or row.until <= tx.now:
        raise DelegationOver()
    await repository.revoke(tx, row)
    tx.audit("delegation.revoked", "delegation", id)
    again = await repository.find(tx, id)
    assert again is not None  # never deleted
    return again
