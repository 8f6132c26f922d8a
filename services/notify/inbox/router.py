"""A resident's inbox."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.notify.inbox import service
from services.notify.inbox.live import LONGEST, stream, watch_of
from services.notify.inbox.schemas import InboxMessageOut, ReadIn, UnreadOut
from shared.auth import Principal, allow
from shared.clock import wall
from shared.http.routing import Page, PageDep, TxDep, etag, page_of, problems, service_router
from shared.runtime import Runtime

router = service_router(prefix="/v1/inbox", tags=["inbox"])

Reader = Annotated[Principal, allow("inbox.read")]


def present(row: Any) -> InboxMessageOut:
    """The message as its reader sees it."""
    return InboxMessageOut(
        id=row.id,
        template=row.template,
        message_class=row.message_class,
        title=row.title,
        body=row.body,
        cause_type=row.cause_type,
        subject_id=row.subject_id,
        community_id=row.community_id,
        created_at=row.created_at,
        read_at=row.read_at,
    )


@router.get("", operation_id="list_inbox", response_model=Page[InboxMessageOut])
async def list_inbox(
    tx: TxDep,
    who: Reader,
    page: PageDep,
    unread: Annotated[bool | None, Query(description="Only messages not read yet, or only read ones")] = None,
) -> Page[InboxMessageOut]:
    """The caller's own messages, newest first."""
    rows = await service.list_inbox(tx, who, page, unread=unread)
    return page_of(rows, page.limit, key=lambda row: {"id": row.id}, present=present)


@router.get("/unread", operation_id="count_unread_messages")
async def count_unread(tx: TxDep, who: Reader) -> UnreadOut:
    """How many of the caller's messages are not read yet."""
    return UnreadOut(unread=await service.unread(tx, who))


@router.get(
    "/stream",
    operation_id="stream_inbox",
    response_class=StreamingResponse,
    responses={200: {"description": "Server-sent events", "content": {"text/event-stream": {}}}, **problems(429)},
)
async def stream_inbox(
    request: Request,
    who: Reader,
    last_event_id: Annotated[UUID | None, Header()] = None,
    seconds: Annotated[
        float, Query(ge=0, le=LONGEST, description="How long at most; then reconnect, it goes on")
    ] = LONGEST,
) -> StreamingResponse:
    """The caller's own messages as they come (`event` = message; `id` to go on from, in Last-Event-ID). Ends with the
    token. After a reconnection a message may come again: its own id is the same."""
    rt: Runtime = request.app.state.runtime
    watch = watch_of(rt)
    watch.admit(who.org, who.sub)
    left = who.expires_at - wall().timestamp()
    body = stream(watch, rt.db, who.org, who.sub, last_event_id, min(seconds, left), _line)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(body, media_type="text/event-stream", headers=headers)


def _line(row: Any) -> bytes:
    return present(row).model_dump_json().encode()


@router.post("/read", operation_id="read_inbox_messages")
async def read_messages(body: ReadIn, tx: TxDep, who: Reader) -> UnreadOut:
    """Mark several messages as read, or all of them; those of others are passed over."""
    return UnreadOut(unread=await service.read_several(tx, who, body.ids))


@router.post("/{message_id}/read", operation_id="read_inbox_message", responses=problems(404))
async def read_message(message_id: UUID, tx: TxDep, who: Reader, response: Response) -> InboxMessageOut:
    """Mark a message as read; the time of the first reading is kept."""
    row = await service.read(tx, who, message_id)
    etag(response, row.version)
    return present(row)
