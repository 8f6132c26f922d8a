"""Taking a ticket in: the hottest write of the product, so one read and one statement per table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.ticketing.access import sees_unit, zone_of
from services.ticketing.domain.actors import check_actor
from services.ticketing.domain.channels import faults_of, told_at
from services.ticketing.domain.clocks import Change, Clock, reconcile, reconcile_all
from services.ticketing.domain.deed_events import told_by
from services.ticketing.domain.facts import COLUMNS, Facts
from services.ticketing.domain.kind import TicketKind, kinds
from services.ticketing.domain.late_entry import entry_time
from services.ticketing.domain.milestones import wake_at
from services.ticketing.domain.numbers import counter
from services.ticketing.domain.plans import Plan
from services.ticketing.domain.steps import spec_of, step_specs, subject_of
from services.ticketing.domain.ticket_errors import TicketInvalid
from services.ticketing.domain.ticket_events import clock_event, common
from services.ticketing.errors import NoSuchCommunity, NoSuchUnit
from services.ticketing.files.attaching import attach
from services.ticketing.packs.service import require
from services.ticketing.policies import plans
from services.ticketing.powers import POWERS
from services.ticketing.tickets import origins, repository
from services.ticketing.tickets.reading import read_as
from services.ticketing.tickets.schemas import TicketIn
from services.ticketing.tickets.ticking import policy_of
from shared.auth import Principal
from shared.auth.powers import has_power
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7


def read_fields(kind: TicketKind, raw: dict[str, Any]) -> dict[str, Any]:
    """The kind's own fields, checked and completed with their defaults. Raises TicketInvalid."""
    return read_as(kind.fields, raw)[1]


def _unit_of(who: Principal, body: TicketIn) -> UUID | None:
    if body.unit_id is not None or not who.is_resident:
        return body.unit_id
    if len(who.units) == 1:
        return next(iter(who.units))
    raise TicketInvalid(
        fields=[FieldError("unit_id", "请选择您的房屋", "Say which of your units this is about")]
    )


async def create(tx: Tx, who: Principal, body: TicketIn) -> dict[str, Any]:
    """Store a ticket with its clocks and return its row. Residents report for their own units only.

    Raises:
        NoSuchCommunity, NoSuchUnit: unknown, or outside the caller's reach.
        KindOff, NotYourDeed: of a pack that is off, or left to others by the kind.
        TicketInvalid: in the future, late without a reason, fields the kind or the channel refuses, or
            attachments that are not files of the caller.
        NumberTaken: a case with the authority's number is there already.
    """
    kind = kinds()[body.kind]
    await require(tx, kind)
    check_actor(kind, "create", who.roles)
    fields = read_fields(kind, body.fields)
    channel = body.channel or ("app" if who.is_resident else "phone")
    origin = body.origin.model_dump(exclude_none=True) if body.origin is not None else {}
    # row: B-018, C-001 recorded at once, or with the reason why not
    at = entry_time(told_at(channel, origin, body.occurred_at), tx.now, body.late_reason)
    if wrong := faults_of(channel, origin, body.attachments, at, tx.now, resident=who.is_resident):
        raise TicketInvalid(fields=wrong)
    if body.appointment is not None and body.appointment < at:
        raise TicketInvalid(
            fields=[FieldError("appointment", "预约时间不能早于报事时间", "The appointment lies before the report")]
        )
    unit_id = _unit_of(who, body)
    place = await repository.place(tx, body.community_id, unit_id)
    if place is None or not (who.is_resident or who.sees(place["path"])):
        raise NoSuchCommunity()
    if unit_id is not None and (place["unit_id"] is None or not sees_unit(who, unit_id, place["path"])):
        raise NoSuchUnit()
    # An owner's urgency is a wish; whoever may classify does so by the same field.
    classifies = not who.is_resident and has_power(who, "ticket.classify", POWERS)
    facts = Facts(
        state=kind.first,
        received_at=at,
        state_since=at,
        channel=channel,
        # row: AMB-025 whoever may classify flags it as urgent on intake
        urgency="urgent" if kind.urgent else (body.urgency or "normal") if classifies else "normal",
        authority_deadline=origin.get("deadline"),
        appointment=body.appointment,
        fields=fields,
    )
    plan = await plans.of_community(tx, place)
    clocks, changes = reconcile_all(kind.clocks, {}, facts, tx.now, plan)
    row = _row(tx, who, body, kind, facts, unit_id, place["owner_id"], not classifies)
    # row: C-017, C-043 and with the channel it came by
    row |= origins.columns(channel, origin)
    entry = {
        "org_id": tx.org_id,
        "id": uuid7(),
        "ticket_id": row["id"],
        "action": "create",
        "state": kind.first,
        "public": True,
        "actor_id": tx.actor_id,
        "occurred_at": at,
        "recorded_at": tx.now,
        "late_reason": body.late_reason,
        "data": {
            "channel": row["channel"],
            "urgency": row["urgency"],
            "wished_urgency": row["wished_urgency"],
            **body.on_paper(),
        },
    }
    if wrong := await attach(tx, who, body.attachments, "ticket", row["id"]):
        raise TicketInvalid(fields=wrong)
    if origin:
        await origins.check(tx, who, origin, row["id"], at)
    begun = [(row["id"], clock) for clock in clocks.values()]
    begun += (found := _first_step(kind, row["id"], facts, plan, tx.now))
    stored = [(subject, clock, policy_of(kind.policy, clock)) for subject, clock in begun]
    zone = zone_of(place["timezone"])
    async with origins.only_one(tx, row["authority_number"]):
        await repository.insert_case(tx, counter(kind.prefix, tx.now, zone), row, stored, entry)
    _tell(tx, row, kind, facts, begun)
    for subject, clock in begun:
        if (wake := wake_at(clock, plan, (), tx.now)) is not None:
            tx.set_timer(clock.code, subject, wake, {"ticket_id": str(row["id"])})
    late = [change for change in changes if change.what == "breached"]
    late += [Change("breached", clock) for _, clock in found if clock.state == "breached"]
    for change in late:  # told so late that a limit had passed already
        spec = spec_of(change.clock.code)
        for type, data, when in clock_event(change, spec, plan, facts, place["path"], tx.now):
            _emit(tx, row, type, {"ticket_id": row["id"], **data}, when)
        await _note_breach(tx, row, change.clock)
    return row


def _first_step(
    kind: TicketKind, ticket_id: UUID, facts: Facts, plan: Plan, now: datetime
) -> list[tuple[UUID, Clock]]:
    """The limit of the first step, where a policy has set one."""
    spec = step_specs(kind.code).get(kind.first)
    if spec is None:
        return []
    clock, _ = reconcile(spec, None, facts, now, plan)
    return [] if clock is None else [(subject_of(ticket_id, facts), clock)]


def _row(
    tx: Tx,
    who: Principal,
    body: TicketIn,
    kind: TicketKind,
    facts: Facts,
    unit_id: UUID | None,
    owner_id: UUID | None,
    wish: bool,
) -> dict[str, Any]:
    contact = body.contact
    # row: C-002 name, address and phone follow from person and unit
    reporter = who.sub if who.is_resident else (contact.person_id if contact else None) or owner_id
    return {
        **{name: getattr(facts, name) for name in COLUMNS},
        "org_id": tx.org_id,
        "id": uuid7(),
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "kind": kind.code,
        "community_id": body.community_id,
        "unit_id": unit_id,
        "place_id": body.place_id,
        # row: C-017 a complaint is recorded with its complainant
        "reporter_id": reporter,
        "recorded_by": who.sub,
        "summary": body.summary,
        "detail": body.detail,
        "contact": contact.model_dump(mode="json") if contact else None,
        "attachments": [str(a) for a in body.attachments],
        "merged_into": None,
        "wished_urgency": body.urgency if wish else None,  # row: AMB-084 an owner's urgency is a wish
    }


def _tell(
    tx: Tx, row: dict[str, Any], kind: TicketKind, facts: Facts, clocks: list[tuple[UUID, Clock]]
) -> None:
    at = facts.received_at
    started = [{"clock": c.code, "due_at": c.due_at} for _, c in clocks]
    data = {"urgency": row["urgency"], "received_at": at, "clocks": started, "topic": facts.fields.get("topic")}
    _emit(tx, row, "ticket.created.v1", data, at)
    for type, told in told_by(kind, "create", facts, facts, at):
        _emit(tx, row, type, told, at)
    tx.audit(
        "ticket.create",
        "ticket",
        row["id"],
        after={"number": row["number"], "kind": row["kind"], "unit_id": row["unit_id"], "received_at": at},
    )


def _emit(tx: Tx, row: dict[str, Any], type: str, data: Mapping[str, Any], at: datetime | None) -> None:
    tx.emit(
        type,
        subject=row["id"],
        seq=1,
        data={**common(row), **data},
        occurred_at=at,
        community_id=row["community_id"],
    )


async def _note_breach(tx: Tx, row: dict[str, Any], clock: Clock) -> None:
    await repository.add_entries(
        tx,
        [
            {
                "ticket_id": row["id"],
                "action": "clock.breached",
                "state": row["state"],
                "public": False,
                "occurred_at": clock.breached_at,
                "late_reason": None,
                "data": {"clock": clock.code, "due_at": clock.due_at, "met_at": None},
            }
        ],
    )
