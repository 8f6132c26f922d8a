"""``/notify/v1/tasks``: calls, visits and letters that people bring."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import Query, Request, Response

from services.notify.by_hand import repository, service
from services.notify.by_hand.schemas import AssignIn, ResultIn, TaskOpenedOut, TaskOut
from services.notify.domain.by_hand import RESULTS
from services.notify.messages.service import scope
from services.notify.telling.addressing import zone_of
from shared.auth import Principal, allow
from shared.http.routing import (
    Page,
    PageDep,
    TxDep,
    answer_not_kept,
    etag,
    own_transactions,
    page_of,
    problems,
    service_router,
)
from shared.masking import mask_name, mask_phone
from shared.runtime import Runtime
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/tasks", tags=["tasks"])

Reads = Annotated[Principal, allow("task.read")]
Does = Annotated[Principal, allow("task.do")]

_FOLDER: Final = Path(__file__).parent / "templates"
_PDF: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The letter as PDF",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_SAME: Final = tuple(n for n in TaskOut.model_fields if n not in ("place", "person", "phone", "proof_sha256"))


def _place(row: Any) -> str | None:
    return f"{row.community or ''} {row.unit}".strip() if row.unit else None


def present(row: Any) -> TaskOut:
    """A task in a list."""
    return TaskOut(
        **{name: getattr(row, name) for name in _SAME},
        place=_place(row),
        person=mask_name(row.name),
        phone=mask_phone(row.phone),
        proof_sha256=row.proof,
    )


@router.get("", operation_id="list_hand_tasks")
async def list_hand_tasks(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    state: Literal["open", "done", "failed", "cancelled"] | None = None,
    kind: Literal["call", "visit", "letter"] | None = None,
    mine: Annotated[bool, Query(description="Only those on the caller's list")] = False,
    overdue: Annotated[bool, Query(description="Only open ones whose time is over")] = False,
) -> Page[TaskOut]:
    """Messages to be brought by hand within reach, the oldest first."""
    rows = await repository.page(
        tx,
        communities=await scope(tx, who),
        state=state,
        kind=kind,
        assignee_id=who.sub if mine else None,
        overdue=tx.now if overdue else None,
        after=page.after.uuid() if page.after else None,
        limit=page.limit,
    )
    return page_of(rows, page.limit, key=lambda row: {"id": row.id}, present=present)


@router.get("/{task_id}", operation_id="get_hand_task", responses=problems(404))
async def get_hand_task(task_id: UUID, tx: TxDep, who: Reads, response: Response) -> TaskOut:
    """One task."""
    row = await service.get(tx, who, task_id)
    etag(response, row.version)
    return present(row)


@router.post("/{task_id}/take", operation_id="take_hand_task", responses=problems(404, 409))
@answer_not_kept
async def take_hand_task(task_id: UUID, tx: TxDep, who: Does) -> TaskOpenedOut:
    """Put a task on one's own list and see whom to tell what, in full; recorded as opening the person's data."""
    row = await service.take(tx, who, task_id)
    return TaskOpenedOut(
        task=present(row),
        person=row.name,
        phone=row.phone,
        place=_place(row),
        title=row.title,
        body=row.body,
        results=list(RESULTS[row.kind]),
    )


@router.post("/{task_id}/assign", operation_id="assign_hand_task", responses=problems(404, 409))
async def assign_hand_task(
    task_id: UUID, body: AssignIn, tx: TxDep, who: Annotated[Principal, allow("task.assign")]
) -> TaskOut:
    """Put a task on somebody's list."""
    return present(await service.assign(tx, who, task_id, body.assignee_id))


@router.post(
    "/{task_id}/letter.pdf",
    operation_id="print_letter",
    responses={**_PDF, **problems(404, 409)},
    response_class=Response,
)
@own_transactions  # typesetting takes time, which no transaction waits for
async def print_letter(task_id: UUID, request: Request, who: Does) -> Response:
    """The letter to print: the same content is the same bytes, under one number. Recorded as printed by the caller."""
    # Typesetting and its fonts are loaded where somebody prints, not where a process starts.
    from shared.documents import Template, content_hash, render

    rt: Runtime = request.app.state.runtime
    async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id.get()) as tx:
        row = await service.letter(tx, who, task_id)
    content = service.content_of(row, f"{row.created_at.astimezone(zone_of(None)):%Y-%m-%d}")
    digest = content_hash(content)
    pdf = await asyncio.to_thread(render, Template(_FOLDER, "letter"), {**content, "hash": digest}, row.created_at)
    async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id.get()) as tx:
        await service.printed(tx, who, task_id, digest)
    headers = {
        "Content-Disposition": f'inline; filename="{row.number}.pdf"',
        "Cache-Control": "private, no-store",
        "X-Document-Number": row.number,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.post("/{task_id}/result", operation_id="settle_hand_task", responses=problems(404, 409))
async def settle_hand_task(task_id: UUID, body: ResultIn, tx: TxDep, who: Does) -> TaskOut:
    """Record what came of it: who brought it, when and how; what did not arrive goes on over its next channel."""
    return present(await service.settle(tx, who, task_id, body))
