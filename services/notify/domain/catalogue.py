"""The catalogue: which event becomes which message, for whom, in which class.

The other services say what happened and know nothing of messages; this table is the only place where a
business event meets a text. Adding a message is an entry here and a file in templates/. Only dunning and
campaigns ask by themselves (`message.requested.v1`) and are told the outcome.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.notify.domain.entries import (
    SHORT_CLOCK,
    cash,
    clock,
    engineer,
    lead,
    person,
    report,
    revisit,
    role,
    task,
    ticket,
    work,
)
from services.notify.domain.notice import (
    BILLING,
    BULK,
    CAMPAIGN,
    CLASSES,
    CONTEXT,
    DESK,
    DUNNING,
    NOTICE,
    SAFETY,
    SERVICE,
    SURVEY,
    WARNING,
    Notice,
)

__all__ = [
    "BILLING",
    "BULK",
    "CAMPAIGN",
    "CATALOGUE",
    "CLASSES",
    "CONTEXT",
    "DESK",
    "DUNNING",
    "NOTICE",
    "SAFETY",
    "SERVICE",
    "SURVEY",
    "WARNING",
    "Notice",
    "duty_events",
    "notices",
    "told_events",
]

CATALOGUE: Final[tuple[Notice, ...]] = (
    # row: G-024 a promise that runs out is known while it can be kept
    clock("clock.warned.v1", "clock.warned", percent="percent", due="due_at"),
    clock("clock.breached.v1", "clock.breached", desk_above=SHORT_CLOCK, due="due_at"),
    ticket("ticket.created.v1", "ticket.created", at="received_at"),
    ticket("ticket.responded.v1", "ticket.responded", at="responded_at"),
    ticket("ticket.dispatched.v1", "ticket.dispatched", department="department"),
    ticket("ticket.arrived.v1", "ticket.arrived", at="arrived_at"),
    ticket("ticket.appointment_set.v1", "ticket.appointment_set", at="appointment"),
    ticket("ticket.reopened.v1", "ticket.reopened", at="reopened_at"),
    ticket("ticket.paused.v1", "ticket.paused", until="until"),
    ticket("ticket.rating_requested.v1", "ticket.rating_requested"),
    ticket("slip.created.v1", "slip.created", slip="slip_number", amount="amount_fen"),
    # row: B-009, C-020 the preliminary plan is fed back to whoever complained
    ticket("ticket.plan_sent.v1", "ticket.plan_sent", at="sent_at"),
    # row: B-010, C-021 and so is the day on which a complex one is to be solved
    ticket("ticket.deadline_set.v1", "ticket.deadline_set", deadline="deadline"),
    # row: C-298 and what was done
    ticket("ticket.completed.v1", "ticket.completed", at="completed_at"),
    ticket("ticket.signed_off.v1", "ticket.signed_off", at="signed_at"),
    ticket("ticket.closed.v1", "ticket.closed", at="closed_at"),
    ticket("ticket.cancelled.v1", "ticket.cancelled", at="cancelled_at"),
    # row: B-019, C-004 whoever is to repair it is told, at once
    engineer("order.offered.v1", "order.offered", person="engineer_id"),
    lead("order.pooled.v1", "order.pooled", number="number", kind="kind"),
    # row: B-005 what went to a department and to nobody in it
    role(
        "ticket.dispatched.v1", "ticket.passed_on", "supervisor", WARNING,
        when={"assignee_id": None}, unless={"department": None}, number="number", kind="kind", department="department",
    ),
    # row: C-005 the desk's urging reaches whoever has it
    engineer("ticket.chased.v1", "ticket.chased", person="assignee_id", times="times"),
    Notice(
        source="ticketing",
        event="ticket.urged.v1",
        template="ticket.urged",
        audience="duty",
        message_class=WARNING,
        person="assignee_id",
        variables={"number": "number", "kind": "kind", "times": "times"},
    ),
    # row: B-036, B-044, C-164, C-271 whoever answers for safety hears of a hazard at once
    role("hazard.opened.v1", "hazard.opened", "safety", WARNING, number="number", level="level", at="found_at"),
    # row: B-040, C-178 whoever commands at the scene
    role("incident.declared.v1", "incident.declared", "cs_manager", SAFETY, number="number", at="happened_at"),
    # row: B-038, C-177 the superior
    role("incident.declared.v1", "incident.declared", "project_manager", SAFETY, number="number", at="happened_at"),
    # row: B-046, B-047, D-052 of what concerns security its own people
    role(
        "incident.declared.v1", "incident.declared", "security", SAFETY,
        when={"event": "security"}, number="number", at="happened_at",
    ),
    # row: B-037 administration hears at once of a work device that was damaged or lost
    role(
        "store_item.lost.v1", "store_item.lost", "hr", WARNING, code="code", how="how", quantity="quantity", at="at"
    ),
    # row: C-027 a major complaint is the general manager's own
    role(
        "ticket.classified.v1", "ticket.raised", "gm", WARNING,
        when={"kind": "complaint", "major": True}, number="number",
    ),
    # row: B-030, C-046 a post that nobody stood at is known while it can be filled
    role("roster.gap.v1", "roster.gap", "supervisor", unless={"minutes": 0}, day="day", minutes="minutes"),
    # row: C-052 a call that was not made
    role("revisit.overdue.v1", "revisit.overdue", "supervisor", number="number", kind="kind", due="due_at"),
    role("call.return_overdue.v1", "call.return_overdue", "supervisor", at="missed_at", due="due_at"),
    # row: C-119 the general manager decides about a survey's report
    role("survey.report_submitted.v1", "survey.report_submitted", "gm", period="period", measures="measures"),
    # row: C-119 and the departments are urged: whoever has a measure hears of it
    work(
        "survey.measure_assigned.v1", "survey.measure_assigned", "assignee_id",
        source="ticketing", period="period", due="due_on",
    ),
    # row: B-071, C-061, E-015 a case that was submitted to them
    role(
        "legal.packet.submitted.v1", "legal.packet_submitted", "legal",
        source="billing", number="number", amount="amount_fen", deadline="deadline",
    ),
    # row: C-060, B-073 a step of dunning that was left out or late
    role(
        "dunning.step_missed.v1", "dunning.step_missed", "supervisor",
        source="billing", period="period", step="kind", due="due_at",
    ),
    # row: C-116 a survey asks each household of its scope
    Notice(
        source="ticketing",
        event="survey.scope_listed.v1",
        template="survey.invited",
        audience="person",
        message_class=SURVEY,
        person=None,
        variables={"period": "period"},
        units="unit_ids",
    ),
    # row: B-035, C-100, E-025 whose dwelling it is hears that the work must stop
    person("renovation.violation_found.v1", "renovation.violation_found", person=None, number="number"),
    lead("order.lapsed.v1", "order.lapsed", number="number", kind="kind", until="accept_by"),
    lead("patrol.missed.v1", "patrol.missed", day="day"),
    lead("patrol.review_overdue.v1", "patrol.review_overdue", due="due_at"),
    lead("survey.due_soon.v1", "survey.due_soon", period="period", ends="ends_on"),
    lead("survey.missing.v1", "survey.missing", period="period"),
    lead(
        "care.round_closed.v1", "care.round_closed", households="households", reached="reached", missed="missed"
    ),
    revisit("revisit.reached", "reached"),
    revisit("revisit.missed", "no_answer"),
    person("binding.requested.v1", "binding.requested", role="role"),
    person("binding.decided.v1", "binding.approved", when={"state": "approved"}),
    person("binding.decided.v1", "binding.refused", when={"state": "refused"}, refusal="refusal"),
    person("activation.redeemed.v1", "activation.redeemed"),
    person("household.admitted.v1", "household.admitted", role="role"),
    # Whose unit it is hears of it, whoever of the household admitted them.
    person("household.admitted.v1", "household.joined", person=None, role="role"),
    person("person.merged.v1", "person.merged", person="survivor_id"),
    cash("cash_shift.left_open.v1", "cash_shift.left_open", nights="nights"),
    cash("cash_shift.settle_missed.v1", "cash_shift.settle_missed", due="settle_due_at"),
    task("assigned", "assignee_id", due="due_on"),
    task("due_soon", "assignee_id", due="due_on"),
    task("overdue", "assignee_id", reported=False),
    # Who gave it hears of it as well, and of what only waits for their own word.
    task("overdue", "superior_id", reported=False),
    task("overdue", "superior_id", "work_task.unconfirmed", reported=True),
    task("reported", "superior_id"),
    # row: C-129 whoever leads the project hears of trainings and checks that were held; the results are on file
    role(
        "work_task.confirmed.v1", "work_task.training_held", "project_manager",
        source="kpi", when={"kind": "training"}, number="number",
    ),
    task("returned", "assignee_id"),
    task("extension_asked", "superior_id", due="due_on"),
    task("extended", "assignee_id", due="due_on"),
    task("extension_refused", "assignee_id", due="due_on"),
    task("cancelled", "assignee_id"),
    report("due_soon", "responsible_id"),
    report("missing", "responsible_id"),
    report("missing", "receiver_id"),
    # row: B-102, C-303, E-035 whoever receives a report hears that it is there
    report("submitted", "receiver_id"),
    report("returned", "responsible_id"),
    work("suggestion.decided.v1", "suggestion.adopted", "suggested_by", when={"state": "adopted"}, number="number"),
    work("suggestion.decided.v1", "suggestion.refused", "suggested_by", when={"state": "refused"}, number="number"),
    work("policy.update_missed.v1", "policy.update_missed", "owner_id", code="code", due="due_on", area="area"),
    # row: C-274 whoever leads customer service hears of a law or standard that changed
    role(
        "policy.issued.v1", "policy.law_changed", "cs_manager",
        source="kpi", when={"area": "law"}, code="code", edition="edition",
    ),
    Notice(
        source="billing",
        event="bill.issued.v1",
        template="bill.issued",
        audience="payer",
        message_class=BILLING,
        person="payer_id",
        unless={"standard": "opening"},  # a debt of years ago is no news: dunning tells of it
        variables={
            "number": "number",
            "fee_kind": "fee_kind",
            "period": "period",
            "due": "due_date",
            "amount": "amount_fen",
        },
    ),
)


def notices(source: str, event: str, data: Mapping[str, Any]) -> list[Notice]:
    """The entries that speak about one event; usually one, none where nobody needs to be told."""
    return [n for n in _BY_EVENT.get((source, event), ()) if n.applies(data)]


def told_events(source: str) -> tuple[str, ...]:
    """The event types of one service that become messages, in the catalogue's order."""
    return tuple(dict.fromkeys(n.event for n in CATALOGUE if n.source == source))


def duty_events() -> tuple[str, ...]:
    """The event types that are told to somebody on duty."""
    return tuple(dict.fromkeys(n.event for n in CATALOGUE if n.audience == "duty"))


def _index(entries: Iterable[Notice]) -> Mapping[tuple[str, str], tuple[Notice, ...]]:
    index: dict[tuple[str, str], tuple[Notice, ...]] = {}
    for entry in entries:
        key = (entry.source, entry.event)
        index[key] = (*index.get(key, ()), entry)
    return index


_BY_EVENT: Final = _index(CATALOGUE)
