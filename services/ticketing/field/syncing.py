"""Reports of engineers who had no signal: each command in a transaction of its own, once, in the order of its time.

The answer is stored with the effect, a refusal too: whatever the device sends again, it hears the same. A command that
fails takes none of the others with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, cast
from uuid import UUID

import orjson
from pydantic import ValidationError

from services.ticketing.field.sync_schemas import Outcome, SyncCommand, SyncFault
from services.ticketing.orders import service as orders
from services.ticketing.orders.schemas import AcceptIn, RefuseIn, TransferIn
from services.ticketing.powers import POWERS
from services.ticketing.slips import service as slips
from services.ticketing.slips.schemas import SlipIn
from services.ticketing.tickets import pause_commands, service
from services.ticketing.tickets.clock_schemas import PauseIn, ResumeIn
from services.ticketing.tickets.schemas import ArriveIn, CompleteIn, NoteIn, RespondIn, Told
from shared.auth import Principal
from shared.auth.powers import require
from shared.db import idempotency
from shared.db.tx import Tx
from shared.errors import AppError
from shared.http.database_errors import is_retryable
from shared.http.schemas import Text
from shared.runtime import Runtime

ATTEMPTS: Final = 3
OFFLINE: Final = "现场无信号，离线补传 / sent later, no signal on site"
_ROUTE: Final = "/ticketing/v1/field/sync"

_Run = Callable[[Tx, Principal, UUID, Any], Awaitable[Any]]


def _ticket(action: str) -> _Run:
    return lambda tx, who, id, body: service.command(tx, who, id, action, body, None)


#: action -> the body of its own endpoint, the power that one asks for, and what carries it out.
ACTIONS: Final[Mapping[str, tuple[type[Told], str, _Run]]] = {
    "respond": (RespondIn, "ticket.respond", _ticket("respond")),
    "arrive": (ArriveIn, "ticket.arrive", _ticket("arrive")),
    "follow-up-note": (NoteIn, "ticket.note", _ticket("follow-up-note")),
    "complete": (CompleteIn, "ticket.complete", _ticket("complete")),
    "pause": (PauseIn, "ticket.pause", lambda tx, who, id, body: pause_commands.pause(tx, who, id, body, None)),
    "resume": (ResumeIn, "ticket.pause", lambda tx, who, id, body: pause_commands.resume(tx, who, id, body, None)),
    "accept-order": (AcceptIn, "order.work", lambda tx, who, id, body: orders.accept(tx, who, id, body, None)),
    "refuse-order": (RefuseIn, "order.work", lambda tx, who, id, body: orders.refuse(tx, who, id, body, None)),
    "transfer-order": (TransferIn, "order.work", lambda tx, who, id, body: orders.transfer(tx, who, id, body, None)),
    "draft-slip": (SlipIn, "slip.draft", slips.draft),
}


async def sync(rt: Runtime, who: Principal, commands: Sequence[SyncCommand], request_id: str) -> list[Outcome]:
    """Carry out commands in the order of their time; outcomes in the order in which they were sent."""
    found: dict[int, Outcome] = {}
    # What happened first is told first; of one instant the device's own order holds.
    for index, command in sorted(enumerate(commands), key=lambda pair: (pair[1].occurred_at, pair[0])):
        found[index] = await _carry_out(rt, who, command, request_id)
    return [found[index] for index in range(len(commands))]


async def _carry_out(rt: Runtime, who: Principal, command: SyncCommand, request_id: str) -> Outcome:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id) as tx:
                return await _once(tx, who, command)
        except idempotency.KeyReused as reused:
            # The stored outcome belongs to another command of the same id, and stays as it is.
            return _refused(command, reused)
        except Exception as problem:
            if attempt == ATTEMPTS or not is_retryable(problem):
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


async def _once(tx: Tx, who: Principal, command: SyncCommand) -> Outcome:
    told = command.model_dump(mode="json")
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).digest()
    scope = {"subject": str(who.sub), "method": "SYNC", "route": _ROUTE, "key": command.client_id}
    stored = await idempotency.begin(tx, body_hash=digest, **scope)
    if stored is not None:
        return Outcome.model_validate_json(stored.body).model_copy(update={"replayed": True})
    try:
        async with tx.savepoint():
            outcome = await _run(tx, who, command)
    except AppError as refusal:
        outcome = _refused(command, refusal)
    except ValidationError as malformed:
        outcome = _malformed(command, malformed)
    body = orjson.dumps(outcome.model_dump(mode="json"))
    await idempotency.finish(tx, status=outcome.status, headers={}, body=body, **scope)
    return outcome


async def _run(tx: Tx, who: Principal, command: SyncCommand) -> Outcome:
    model, power, run = ACTIONS[command.action]
    require(who, power, POWERS)
    told = {"late_reason": OFFLINE, **command.body, "occurred_at": command.occurred_at}
    body = model.model_validate_json(orjson.dumps(told))
    subject = command.order_id if command.action.endswith("-order") else command.ticket_id
    row = await run(tx, who, cast(UUID, subject), body)
    return Outcome(
        client_id=command.client_id,
        status=200,
        code=None,
        detail=None,
        errors=[],
        replayed=False,
        id=row.id,
        version=row.version,
    )


def _refused(command: SyncCommand, refusal: AppError) -> Outcome:
    faults = [SyncFault(path=f"body.{f.path}", message=Text(zh=f.zh, en=f.en)) for f in refusal.fields]
    return _failed(command, refusal.status, refusal.code, refusal.sentence("zh"), refusal.sentence("en"), faults)


def _malformed(command: SyncCommand, malformed: ValidationError) -> Outcome:
    faults = [
        SyncFault(path=".".join(["body", *map(str, e["loc"])]), message=Text(zh=f"内容有误：{e['msg']}", en=e["msg"]))
        for e in malformed.errors()
    ]
    return _failed(command, 422, "request.malformed", "请求内容有误", "The request is not valid.", faults)


def _failed(command: SyncCommand, status: int, code: str, zh: str, en: str, faults: list[SyncFault]) -> Outcome:
    return Outcome(
        client_id=command.client_id,
        status=status,
        code=code,
        detail=Text(zh=zh, en=en),
        errors=faults,
        replayed=False,
        id=None,
        version=None,
    )
