"""Turning a run of events into messages: three statements however many events there are.

A message goes to the in-app inbox of every recipient, and by the first further channel of its class that is
set up here and for which the person has an address; the others are its fall-back. The rows are written with
the event's cursor; the network is the sending job's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.notify.accounts.addresses import addresses_of
from services.notify.domain.audience import Employee, Relation, on_duty, recipients
from services.notify.domain.catalogue import Notice, notices
from services.notify.domain.identity import message_id
from services.notify.register import repository as register
from services.notify.robots import repository as robots
from services.notify.sending import repository as outgoing
from services.notify.telling.addressing import Household, Person, group_households
from services.notify.telling.restraining import Restraint
from services.notify.templating.library import DEFAULT_ZONE, MessageTemplate, render, template_of
from services.notify.wording.service import in_force
from shared.contracts.envelope import Event
from shared.db.tx import Tx


@dataclass(frozen=True)
class Duty:
    """Whom a clock's event names besides the assignee: a role at or above the community, root first."""

    level: int
    role: str
    path: tuple[UUID, ...]


@dataclass(frozen=True)
class Telling:
    """One event with the catalogue's entry that speaks about it, and what the entry needs."""

    event: Event
    template: str
    message_class: str
    audience: str
    person_id: UUID | None
    unit_id: UUID | None
    values: Mapping[str, Any]
    requested: bool = False
    duty: Duty | None = None


def _uuid(value: Any) -> UUID | None:
    return None if value is None else UUID(value)


Paths = Mapping[UUID, tuple[UUID, ...]]


def _of(event: Event, notice: Notice, data: Mapping[str, Any], paths: Paths) -> list[Telling]:
    """One telling; one a household where an entry speaks to many."""
    units = [data.get("unit_id")] if notice.units is None else data[notice.units]
    return [
        Telling(
            event=event,
            template=notice.template,
            message_class=notice.class_of(data),
            audience=notice.audience,
            person_id=_uuid(data.get(notice.person)) if notice.person else None,
            unit_id=_uuid(unit),
            values=notice.values(data),
            duty=_duty(event, notice, data, paths) if notice.audience == "duty" else None,
        )
        for unit in units
    ]


def _duty(event: Event, notice: Notice, data: Mapping[str, Any], paths: Paths) -> Duty:
    if notice.role is None:
        # What is no clock's has no levels: it is for whoever leads, who stand above those at work.
        return Duty(data.get("level", 2), data["role"], tuple(UUID(unit) for unit in data["org_units"]))
    # Whoever has the case is enough; without one, and of what nobody has, the role hears.
    path = (event.org_id,) if event.community_id is None else paths.get(event.community_id, (event.org_id,))
    return Duty(1, notice.role, path)


async def tell(tx: Tx, events: Sequence[Event]) -> None:
    """Tell what the catalogue says of these events, whatever their types."""
    data = await _complete(tx, events)
    told = [
        (event, notice)
        for event in events
        if event.id in data
        for notice in notices(event.source, event.type, data[event.id])
    ]
    wanting = {event.community_id for event, notice in told if notice.role is not None}
    paths = await register.paths_of(tx, {community for community in wanting if community is not None})
    await deliver(tx, [telling for event, notice in told for telling in _of(event, notice, data[event.id], paths)])


async def _complete(tx: Tx, events: Sequence[Event]) -> dict[UUID, Mapping[str, Any]]:
    """The events' data by event id; of those that name only their ticket (follow-up calls), with what is
    remembered of it. An event of a ticket that is not known here is left out: there is nobody to tell."""
    data = {event.id: event.data for event in events}
    calls = [event for event in events if "ticket_id" in event.data and "number" not in event.data]
    if not calls:
        return data
    known = await register.tickets_by_id(tx, {UUID(event.data["ticket_id"]) for event in calls})
    for event in calls:
        ticket = known.get(UUID(event.data["ticket_id"]))
        if ticket is None:
            del data[event.id]
            continue
        data[event.id] = {
            **event.data,
            "number": ticket.number,
            "kind": ticket.kind,
            "unit_id": None if ticket.unit_id is None else str(ticket.unit_id),
            "reporter_id": None if ticket.reporter_id is None else str(ticket.reporter_id),
        }
    return data


async def tell_requested(tx: Tx, events: Sequence[Event]) -> None:
    """Tell what dunning or a campaign asks for: template, person or unit, and the template's variables.

    Raises TemplateUnknown or TemplateValuesWrong for a request nobody can fulfil; it is parked and seen.
    """
    tellings = []
    for event in events:
        template = template_of(event.data["template"])
        tellings.append(
            Telling(
                event=event,
                template=template.code,
                message_class=template.message_class,
                audience="person",
                person_id=_uuid(event.data.get("person_id")),
                unit_id=_uuid(event.data.get("unit_id")),
                values=event.data.get("variables", {}),
                requested=True,
            )
        )
    await deliver(tx, tellings)


async def deliver(tx: Tx, tellings: Sequence[Telling]) -> None:
    """Write the messages of these tellings, their inbox entries and deliveries, and wake the sender."""
    if not tellings:
        return
    staff, groups = await _staff(tx, tellings), await _groups(tx, tellings)
    homes, people = await _known(tx, tellings, {employee.id for employee in staff}, groups)
    robot_ids = {group.id for group in groups}
    templates = await in_force(tx, {telling.template for telling in tellings})
    told: list[tuple[dict[str, Any], Person | None, Household | None]] = []
    for telling in tellings:
        home = homes.get(telling.unit_id) if telling.unit_id else None
        for person_id in _recipients(telling, home, staff, groups):
            person = people.get(person_id)
            if person is None or not person.erased:
                told.append((message_row(telling, templates[telling.template], home, person_id, person), person, home))
    # What was told before is told: not again over another channel, and not counted again.
    known = await outgoing.known(tx, [message["id"] for message, _, _ in told])
    fresh = {message["id"]: (message, person, home) for message, person, home in told if message["id"] not in known}
    messages = [message for message, _, _ in fresh.values()]
    restraint = await Restraint.of(tx, messages)
    deliveries = [
        row
        for message, person, home in fresh.values()
        for row in restraint.deliveries(message, person, home.zone.key if home else None)
    ]
    await outgoing.put_messages(tx, [m for m in messages if m["person_id"] not in robot_ids])
    await outgoing.put_messages(tx, [m for m in messages if m["person_id"] in robot_ids], inbox_too=False)
    await outgoing.put_deliveries(tx, deliveries)
    await restraint.save()


async def _staff(tx: Tx, tellings: Sequence[Telling]) -> list[Employee]:
    """Those who may be on duty for these tellings; nobody is looked up where none speaks to staff."""
    duties = [telling.duty for telling in tellings if telling.duty is not None]
    if not duties:
        return []
    rows = await register.staff_with(tx, {d.role for d in duties}, {unit for d in duties for unit in d.path})
    return [Employee(row.id, frozenset(row.roles), frozenset(row.units)) for row in rows]


async def _groups(tx: Tx, tellings: Sequence[Telling]) -> Sequence[Row[Any]]:
    """The robots of group chats that may be told of these tellings."""
    duties = [(telling.duty, telling.message_class) for telling in tellings if telling.duty is not None]
    if not duties:
        return []
    return await robots.near(tx, {unit for duty, _ in duties for unit in duty.path}, {name for _, name in duties})


async def _known(
    tx: Tx, tellings: Sequence[Telling], staff: Collection[UUID], groups: Sequence[Row[Any]]
) -> tuple[dict[UUID, Household], dict[UUID, Person]]:
    units = {t.unit_id for t in tellings if t.unit_id is not None}
    homes = group_households(await register.households(tx, units)) if units else {}
    people = {person.id: person for home in homes.values() for person in home.people}
    named = ({t.person_id for t in tellings if t.person_id is not None} | set(staff)) - people.keys()
    for row in (await register.contacts_by_id(tx, named)).values():
        people[row.id] = Person(row.id, row.name, row.email, row.phone, row.locale, row.erased_at is not None)
    for group in groups:
        people[group.id] = Person(group.id, group.name, None, None, group.locale, erased=False)
    for person_id, accounts in (await addresses_of(tx, people.keys())).items():
        people[person_id] = replace(people[person_id], accounts=accounts)
    return homes, people


def _recipients(
    telling: Telling, home: Household | None, staff: Sequence[Employee], groups: Sequence[Row[Any]]
) -> Iterable[UUID]:
    if telling.duty is not None:
        duty = telling.duty
        heard = [g.id for g in groups if g.org_unit_id in duty.path and telling.message_class in g.classes]
        return (*on_duty(telling.person_id, duty.level, duty.role, duty.path, staff), *heard)
    zone = home.zone if home else DEFAULT_ZONE
    relations: Sequence[Relation] = home.relations if home else ()
    return recipients(telling.audience, telling.person_id, relations, telling.event.occurred_at.astimezone(zone).date())


def message_row(
    telling: Telling, template: MessageTemplate, home: Household | None, person_id: UUID, person: Person | None
) -> dict[str, Any]:
    """The message that tells a person; the same cause, person and template make the same row."""
    event = telling.event
    locale = person.locale if person else "zh"
    zone: ZoneInfo = home.zone if home else DEFAULT_ZONE
    context = {
        "name": person.name if person else None,
        "place": f"{home.community} {home.number}".strip() if home else None,
        "community": home.community if home else None,
    }
    text = render(template, locale, telling.values, context, zone)
    return {
        "id": message_id(event.id, person_id, template.code),
        "cause_id": event.id,
        "cause_type": event.type,
        "requested": telling.requested,
        "template": template.code,
        "template_version": template.version,
        "template_version_id": template.own,
        "message_class": telling.message_class,
        "person_id": person_id,
        "community_id": event.community_id,
        "subject_id": event.subject,
        "locale": locale,
        "title": text.title,
        "body": text.body,
        "shown": dict(text.shown),
        "unit_id": telling.unit_id,
        "campaign_id": None,
        "digest": text.digest,
    }
