"""Commands around the work on ``/ticketing/v1/tickets/{id}``, repeated faults, and reports sent later."""

# Annotations are values here: the commands are made from a table, so they cannot be strings.
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import Row

from services.ticketing.field import service, syncing
from services.ticketing.field.schemas import (
    AcceptWorkIn,
    AppointmentIn,
    ChaseIn,
    RepeatOut,
    ReturnSlipIn,
    ReviewIn,
)
from services.ticketing.field.sync_schemas import SyncIn, SyncOut
from services.ticketing.tickets.present import present_ticket
from services.ticketing.tickets.schemas import TicketOut, Told
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, etag, own_transactions, page_of, problems, service_router
from shared.telemetry.context import request_id

router = service_router(prefix="/v1", tags=["field work"])

_SAME = tuple(name for name in RepeatOut.model_fields if name != "ticket_number")

#: command, body, what does it, power, what it is for.
COMMANDS: tuple[tuple[str, type[Told], Callable[..., Any], str, str], ...] = (
    (
        "appointment",
        AppointmentIn,
        service.appoint,
        "ticket.appointment",
        "Agree when somebody comes, or move it; an owner proposes (C-003, B-020).",
    ),
    (
        "accept-work",
        AcceptWorkIn,
        service.accept_work,
        "ticket.accept_work",
        "The work is good, or has to be done again (C-008).",
    ),
    ("return-slip", ReturnSlipIn, service.return_slip, "ticket.return_slip", "The work slip came back (C-006)."),
    ("chase", ChaseIn, service.chase, "ticket.chase", "The desk chased whoever has it (C-005)."),
    ("review", ReviewIn, service.review, "ticket.review", "A supervisor has read the record (C-014)."),
)


def _endpoint(run: Callable[..., Any], model: type[Told], power: str) -> Callable[..., Any]:
    async def handle(
        ticket_id: UUID, body: Any, tx: TxDep, who: Any, if_match: IfMatch, response: Response
    ) -> TicketOut:
        row = await run(tx, who, ticket_id, body, if_match)
        etag(response, row.version)
        return present_ticket(row, to_owner=who.is_resident)

    handle.__annotations__.update(body=model, who=Annotated[Principal, allow(power)])
    return handle


for _action, _model, _run, _power, _summary in COMMANDS:
    router.post(
        f"/tickets/{{ticket_id}}/{_action}",
        operation_id=f"{_action.replace('-', '_')}_of_ticket",
        summary=_summary,
        responses=problems(404, 409, 412),
    )(_endpoint(_run, _model, _power))


def _repeat(row: Row[Any]) -> RepeatOut:
    return RepeatOut(ticket_number=row.number, **{name: getattr(row, name) for name in _SAME})


@router.get("/tickets/{ticket_id}/repeats", operation_id="list_ticket_repeats", responses=problems(404))
async def list_of_ticket(
    ticket_id: UUID, tx: TxDep, who: Annotated[Principal, allow("order.read")]
) -> Page[RepeatOut]:
    """Earlier cases of the same fault: same place and category, within the days that are set."""
    rows = await service.repeats_of(tx, who, ticket_id)
    return page_of(rows, len(rows), key=lambda r: {"id": r.id}, present=_repeat)


@router.get("/repeat-faults", operation_id="list_repeat_faults")
async def list_repeats(
    tx: TxDep,
    who: Annotated[Principal, allow("order.read")],
    page: PageDep,
    community_id: UUID | None = None,
) -> Page[RepeatOut]:
    """Faults within reach that came again, the newest first."""
    after = page.after.uuid() if page.after is not None else None
    rows = await service.repeats(tx, who, community_id, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=_repeat)


@router.post("/field/sync", operation_id="sync_field_work")
@own_transactions
async def sync(
    body: SyncIn, request: Request, who: Annotated[Principal, allow("field.sync")]
) -> SyncOut:
    """What was done without a signal, sent later: in order of its time, each with an outcome of its own.

    A command that was sent before is answered as it was the first time, for seven days.
    """
    outcomes = await syncing.sync(request.app.state.runtime, who, body.commands, request_id.get())
    return SyncOut(outcomes=outcomes)
