"""Approvals over a transaction: rows to requests and back, with history, timer and audit in the same commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Row, Uuid, and_, cast, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, array

from shared.approvals import rules
from shared.approvals.rules import Lent, Request, Rung, Step
from shared.approvals.tables import ApprovalTables
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.runtime import Timer

Decided = Callable[[Tx, Row[Any]], Awaitable[None]]


async def _nothing(tx: Tx, row: Row[Any]) -> None:
    return None


@dataclass(frozen=True)
class Approvals:
    """The approvals of one service: its tables, its timer, and what it does when a request has come to its end.

    ``decided`` runs in the transaction of the decision (or of the timer that ended it), with the row after it.
    """

    tables: ApprovalTables
    timer: str = "approval.expire"
    decided: Decided = field(default=_nothing)

    async def ask(self, tx: Tx, request: Request, *, number: str, reason: str, **columns: Any) -> Row[Any]:
        """Store a new request.

        ``columns``: subject_kind, subject_id, community_id, path, amount_fen, currency, details.
        """
        approval_id = uuid7()
        values = {
            "id": approval_id,
            "version": 1,
            "created_at": tx.now,
            "updated_at": tx.now,
            "number": number,
            "reason": reason,
            "asked_by": request.asked_by,
            **columns,
            **_columns(request),
        }
        await insert_rows(tx, self.tables.requests, [values])
        await self._entry(tx, approval_id, "ask", 0, reason, None)
        tx.set_timer(self.timer, approval_id, request.expires_at)
        told = {"number": number, "amount_fen": columns.get("amount_fen"), "subject_id": columns["subject_id"]}
        tx.audit("approval.ask", "approval", approval_id, after=told)
        row = await self.find(tx, approval_id)
        assert row is not None
        return row

    async def act(
        self,
        tx: Tx,
        row: Row[Any],
        after: Request,
        action: str,
        *,
        reason: str | None = None,
        to: UUID | None = None,
        **columns: Any,
    ) -> Row[Any]:
        """Write what an act made of a locked request."""
        c = self.tables.requests.c
        values = {**columns, **_columns(after), "version": row.version + 1, "updated_at": tx.now}
        if after.state in rules.FINAL:
            values["decided_at"] = tx.now
            tx.cancel_timer(self.timer, row.id)
        elif after.expires_at != row.expires_at:
            tx.set_timer(self.timer, row.id, after.expires_at)
        await tx.execute(update(self.tables.requests).where(c.org_id == tx.org_id, c.id == row.id).values(**values))
        await self._entry(tx, row.id, action, row.step, reason, to)
        before, told = {"state": row.state, "step": row.step}, {"state": after.state, "step": after.step}
        tx.audit(f"approval.{action}", "approval", row.id, before=before, after=told)
        again = await self.find(tx, row.id)
        assert again is not None
        if after.state in rules.FINAL:
            await self.decided(tx, again)
        return again

    async def find(self, tx: Tx, approval_id: UUID, *, lock: bool = False) -> Row[Any] | None:
        """A request; ``lock`` holds it until the commit, so that two decisions come one after the other."""
        table = self.tables.requests
        wanted = select(table).where(table.c.org_id == tx.org_id, table.c.id == approval_id)
        return await tx.one_or_none(wanted.with_for_update() if lock else wanted)

    async def page(
        self, tx: Tx, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int
    ) -> Sequence[Row[Any]]:
        """Requests, the newest first."""
        table = self.tables.requests
        wanted = select(table).where(table.c.org_id == tx.org_id, *conditions)
        if after is not None:
            wanted = wanted.where(table.c.id < after)
        return await tx.rows(wanted.order_by(table.c.id.desc()).limit(limit))

    def to_decide(self, person_id: UUID, roles: Sequence[str], lent: Sequence[Lent] = ()) -> ColumnElement[bool]:
        """Requests whose present step waits for this person: delegated to them, or of a role they hold or were lent."""
        c = self.tables.requests.c
        turn = c.chain.op("->", return_type=JSONB)(cast(c.step, Integer))
        by_role = and_(turn["holder"].astext.is_(None), turn["roles"].has_any(array(sorted(roles) or [""])))
        borrowed = [
            and_(
                turn["holder"].astext.is_(None),
                turn["strict"].astext == "false",
                turn["roles"].has_any(array(sorted(one.roles) or [""])),
                ~c.involved.overlap(array([literal(one.owner, Uuid), literal(person_id, Uuid)])),
            )
            for one in lent
        ]
        mine = or_(turn["holder"].astext == str(person_id), by_role, *borrowed)
        return and_(c.state == rules.PENDING, c.asked_by != person_id, mine)

    async def entries(self, tx: Tx, approval_id: UUID) -> Sequence[Row[Any]]:
        """The history of a request."""
        c = self.tables.entries.c
        wanted = select(self.tables.entries).where(c.org_id == tx.org_id, c.approval_id == approval_id)
        return await tx.rows(wanted.order_by(c.id))

    async def ladders(self, tx: Tx, subject_kind: str) -> dict[UUID, tuple[Rung, ...]]:
        """The ladders that org units set for themselves."""
        c = self.tables.ladders.c
        rows = await tx.rows(
            select(c.org_unit_id, c.rungs).where(c.org_id == tx.org_id, c.subject_kind == subject_kind)
        )
        return {row.org_unit_id: tuple(rung_from(doc) for doc in row.rungs) for row in rows}

    async def fire_expire(self, tx: Tx, timer: Timer) -> None:
        """The time of a request is over."""
        row = await self.find(tx, timer.subject_id, lock=True)
        if row is None:
            return
        after = rules.expire(request_of(row), tx.now)
        if after is not None:
            await self.act(tx, row, after, "expire")

    async def _entry(
        self, tx: Tx, approval_id: UUID, action: str, step: int, reason: str | None, to: UUID | None
    ) -> None:
        entry = {"id": uuid7(), "approval_id": approval_id, "action": action, "step": step, "actor_id": tx.actor_id}
        await insert_rows(tx, self.tables.entries, [{**entry, "to_id": to, "reason": reason, "at": tx.now}])


def rung_from(doc: Mapping[str, Any]) -> Rung:
    """A rung as it is stored."""
    return Rung(tuple(doc["roles"]), doc["from_fen"], doc["strict"])


def rung_doc(rung: Rung) -> dict[str, Any]:
    """A rung as it is stored."""
    return {"roles": list(rung.roles), "from_fen": rung.from_fen, "strict": rung.strict}


def request_of(row: Row[Any]) -> Request:
    """The request in a stored row."""
    steps = tuple(_step(doc) for doc in row.chain)
    involved = frozenset(UUID(str(id)) for id in row.involved)
    expires_at: datetime = row.expires_at
    return Request(UUID(str(row.asked_by)), row.state, row.step, steps, involved, expires_at)


def _step(doc: Mapping[str, Any]) -> Step:
    ids = (_id(doc["holder"]), _id(doc["decided_by"]), _id(doc.get("decided_for")))
    return Step(tuple(doc["roles"]), doc["strict"], *ids)


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _columns(request: Request) -> dict[str, Any]:
    return {
        "state": request.state,
        "step": request.step,
        "chain": [
            {
                "roles": list(step.roles),
                "strict": step.strict,
                "holder": None if step.holder is None else str(step.holder),
                "decided_by": None if step.decided_by is None else str(step.decided_by),
                "decided_for": None if step.decided_for is None else str(step.decided_for),
            }
            for step in request.steps
        ],
        "involved": sorted(request.involved),
        "expires_at": request.expires_at,
    }
