"""Taking, printing and settling what people bring."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from services.notify.accounts.repository import staff_among
from services.notify.by_hand import repository
from services.notify.by_hand.schemas import ResultIn
from services.notify.domain.by_hand import DONE, FAILED, LETTER, OPEN, PROOF, arrived
from services.notify.domain.by_hand_errors import (
    AssigneeUnknown,
    NoSuchTask,
    NotALetter,
    NotPrinted,
    ResultWrong,
    TaskSettled,
    TaskTaken,
    TaskTextGone,
)
from services.notify.domain.delivery import Outcome, Result, State
from services.notify.messages.service import scope
from services.notify.receipts.repository import move
from services.notify.sending import claims, records
from services.notify.sending.calling import Tried
from services.notify.sending.outcome import conclude, confirm
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError


async def get(tx: Tx, who: Principal, task_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A task within the caller's scope. Raises NoSuchTask (404)."""
    row = await repository.one(tx, task_id, await scope(tx, who), lock=lock)
    if row is None:
        raise NoSuchTask()
    return row


async def _mine(tx: Tx, who: Principal, task_id: UUID) -> Row[Any]:
    row = await get(tx, who, task_id, lock=True)
    if row.state != OPEN:
        raise TaskSettled()
    if row.assignee_id not in (None, who.sub):
        raise TaskTaken()
    return row


async def take(tx: Tx, who: Principal, task_id: UUID) -> Row[Any]:
    """Put a task on one's own list and read whom it is for, which is recorded.

    Raises NoSuchTask (404); TaskSettled, TaskTaken or TaskTextGone (409).
    """
    row = await _mine(tx, who, task_id)
    if row.title is None:
        raise TaskTextGone()
    if row.assignee_id is None:
        await repository.change(tx, task_id, assignee_id=who.sub)
    tx.audit("task.opened", "task", task_id, after={"person_id": row.person_id, "kind": row.kind})
    return await get(tx, who, task_id)


async def assign(tx: Tx, who: Principal, task_id: UUID, assignee_id: UUID) -> Row[Any]:
    """Put a task on somebody's list. Raises NoSuchTask (404), TaskSettled (409), AssigneeUnknown (422)."""
    row = await get(tx, who, task_id, lock=True)
    if row.state != OPEN:
        raise TaskSettled()
    if not await staff_among(tx, [assignee_id]):
        raise AssigneeUnknown(fields=[FieldError("assignee_id", "不是在册员工", "nobody who works here")])
    await repository.change(tx, task_id, assignee_id=assignee_id)
    before, after = {"assignee_id": row.assignee_id}, {"assignee_id": assignee_id}
    tx.audit("task.assign", "task", task_id, before=before, after=after)
    return await get(tx, who, task_id)


def content_of(row: Row[Any], day: str) -> Mapping[str, Any]:
    """What stands on a letter, as data."""
    return {
        "number": row.number,
        "community": row.community or "",
        "unit": row.unit or "",
        "name": row.name or "",
        "title": row.title,
        "body": row.body,
        "day": day,
        "locale": row.locale,
    }


async def letter(tx: Tx, who: Principal, task_id: UUID) -> Row[Any]:
    """Number a letter for printing, once, and read what stands on it, which is recorded.

    Raises NoSuchTask (404); TaskSettled, TaskTaken, NotALetter or TaskTextGone (409).
    """
    row = await _mine(tx, who, task_id)
    if row.kind != LETTER:
        raise NotALetter()
    if row.title is None:
        raise TaskTextGone()
    if row.number is None:
        number = f"XH{tx.now:%Y%m%d}-{await tx.number(f'letters-{tx.now:%Y%m%d}'):04d}"
        await repository.change(tx, task_id, number=number)
    tx.audit("task.opened", "task", task_id, after={"person_id": row.person_id, "kind": row.kind})
    return await get(tx, who, task_id)


async def printed(tx: Tx, who: Principal, task_id: UUID, content_hash: str) -> None:
    """Record that a letter with this content was printed, by whom and when; the first time stays."""
    row = await _mine(tx, who, task_id)
    if row.printed_at is None or row.content_hash != content_hash:
        await repository.change(tx, task_id, content_hash=content_hash, printed_at=tx.now, printed_by=who.sub)
        tx.audit("letter.printed", "task", task_id, after={"number": row.number, "content_hash": content_hash})


async def settle(tx: Tx, who: Principal, task_id: UUID, body: ResultIn) -> Row[Any]:
    """Record what came of a task: the message arrived, or goes on over its next channel.

    Raises NoSuchTask (404); TaskSettled, TaskTaken or NotPrinted (409); ResultWrong (422).
    """
    row = await _mine(tx, who, task_id)
    good = arrived(row.kind, body.result)
    at = body.at or tx.now
    wrong = []
    if good is None:
        wrong.append(FieldError("result", "此类任务没有这种结果", "no result of this kind of task"))
    if (row.kind, body.result) in PROOF and body.proof_sha256 is None:
        wrong.append(FieldError("proof_sha256", "请附照片的哈希值", "wants the hash of a photo"))
    if not row.created_at <= at <= tx.now:
        wrong.append(FieldError("at", "应在任务产生之后、现在之前", "must lie between the task's beginning and now"))
    if wrong:
        raise ResultWrong(fields=wrong)
    if row.kind == LETTER and good and row.printed_at is None:
        raise NotPrinted()
    await repository.change(
        tx,
        task_id,
        state=DONE if good else FAILED,
        result=body.result,
        note=body.note,
        proof=body.proof_sha256,
        done_at=at,
        done_by=who.sub,
        assignee_id=row.assignee_id or who.sub,
    )
    await _conclude(tx, task_id, body, good=bool(good), at=at)
    tx.audit("task.settle", "task", task_id, after={"result": body.result, "proof": body.proof_sha256, "at": at})
    return await get(tx, who, task_id)


async def _conclude(tx: Tx, delivery_id: UUID, body: ResultIn, *, good: bool, at: datetime) -> None:
    """What a task came to is the end of its delivery, and stands in its log."""
    state = State.DELIVERED if good else State.FAILED
    for delivery in await claims.loaded(tx, [delivery_id], lock=True):
        if delivery.state is not State.ASKED:
            continue
        await move(tx, delivery_id, state)
        outcome = Outcome.SENT if good else Outcome.REFUSED
        result = Result(outcome, body.result, reference=body.proof_sha256)
        await records.log(tx, [Tried(delivery, delivery.channel, result, tx.wall, tx.wall, None)])
        await conclude(tx, [delivery], state)
        if good:
            await confirm(tx, delivery, at)
