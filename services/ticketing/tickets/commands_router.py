"""``POST /ticketing/v1/tickets/{id}/<command>``: a table of contents, because all commands work alike.

Each locks the ticket, is refused with 409 and the possible actions when the state does not allow it, takes
``occurred_at`` (with ``late_reason`` when it is told late), honours ``If-Match`` and answers with the ticket.
"""

# Annotations are values here: the endpoints are made from the table, so they cannot be strings.
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Response

from services.ticketing.tickets import pause_commands, service
from services.ticketing.tickets.clock_schemas import PauseIn, ResumeIn
from services.ticketing.tickets.examples import EXAMPLES
from services.ticketing.tickets.present import present_ticket
from services.ticketing.tickets.schemas import (
    ArriveIn,
    ClassifyIn,
    CompleteIn,
    DeadlineIn,
    DispatchIn,
    NoteIn,
    PlanIn,
    RateIn,
    ReasonIn,
    RespondIn,
    SignIn,
    TicketOut,
    Told,
    ValidityIn,
)
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, TxDep, body_example, etag, problems, service_router

router = service_router(prefix="/v1/tickets", tags=["tickets"])


class CommandReasonIn(ReasonIn, Told):
    """Why, and when."""


#: command, body, power, what it is for.
COMMANDS: tuple[tuple[str, type[Told], str, str], ...] = (
    ("respond", RespondIn, "ticket.respond", "The owner was answered (B-007)."),
    ("dispatch", DispatchIn, "ticket.dispatch", "Give the case to a person or department (C-004)."),
    ("arrive", ArriveIn, "ticket.arrive", "Somebody was on site (B-008, B-022)."),
    ("plan", PlanIn, "ticket.plan", "The preliminary plan was sent to the owner (B-009)."),
    ("classify", ClassifyIn, "ticket.classify", "Urgent, complex, major: staff's judgement (AMB-084)."),
    ("set-deadline", DeadlineIn, "ticket.deadline", "Agree the deadline of a complex complaint (B-010)."),
    ("follow-up-note", NoteIn, "ticket.note", "Add to the history (C-005, C-012)."),
    ("propose-validity", ValidityIn, "ticket.propose_validity", "Propose whether a complaint is valid (C-022)."),
    ("rule-validity", ValidityIn, "ticket.rule_validity", "Rule whether a complaint is valid (AMB-084)."),
    ("complete", CompleteIn, "ticket.complete", "The work is done (C-006, C-024); a follow-up call falls due."),
    ("sign", SignIn, "ticket.sign", "The owner's signature, or its refusal (B-011, AMB-105)."),
    ("rate", RateIn, "ticket.rate", "The owner's own rating (AMB-110)."),
    ("reopen", CommandReasonIn, "ticket.reopen", "The work turned out not to be done."),
    ("cancel", CommandReasonIn, "ticket.cancel", "The owner takes it back."),
    ("pause", PauseIn, "ticket.pause", "The case stands still; a long, further or backdated pause once approved."),
    ("resume", ResumeIn, "ticket.pause", "The case goes on."),
)


def _endpoint(action: str, model: type[Told], power: str) -> Callable[..., Any]:
    async def handle(
        ticket_id: UUID,
        body: Any,
        tx: TxDep,
        who: Any,
        if_match: IfMatch,
        response: Response,
    ) -> TicketOut:
        if isinstance(body, SignIn):
            row = await service.sign(tx, who, ticket_id, body, if_match)
        elif isinstance(body, PauseIn):
            row = await pause_commands.pause(tx, who, ticket_id, body, if_match)
        elif isinstance(body, ResumeIn):
            row = await pause_commands.resume(tx, who, ticket_id, body, if_match)
        else:
            row = await service.command(tx, who, ticket_id, action, body, if_match)
        etag(response, row.version)
        return present_ticket(row, to_owner=who.is_resident)

    handle.__annotations__.update(body=model, who=Annotated[Principal, allow(power)])
    return handle


for _action, _model, _power, _summary in COMMANDS:
    router.post(
        f"/{{ticket_id}}/{_action}",
        operation_id=f"{_action.replace('-', '_')}_ticket",
        summary=_summary,
        responses=problems(404, 409, 412),
        openapi_extra=body_example(EXAMPLES[_action]),
    )(_endpoint(_action, _model, _power))
