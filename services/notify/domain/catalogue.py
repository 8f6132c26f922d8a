"""The catalogue: which event becomes which message, for whom, in which class.

The other services say what happened and know nothing of messages; this table is the only place where a
business event meets a text. Adding a message is an entry here and a file in templates/. Only dunning and
campaigns ask by themselves (`message.requested.v1`) and are told the outcome.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

SAFETY: Final = "safety"  # danger to life or property: at once, by every channel
WARNING: Final = "warning"  # a clock that runs out soon: at once
DESK: Final = "desk"  # warnings that the desk reads in batches
SERVICE: Final = "service"  # about the reader's own affair: always told
BILLING: Final = "billing"
DUNNING: Final = "dunning"
NOTICE: Final = "notice"  # to all: works, activities, management notices
SURVEY: Final = "survey"
CAMPAIGN: Final = "campaign"
#: What goes to many at a time and has a moment: it is sent in a lane of its own, which all else overtakes.
BULK: Final = frozenset({BILLING, NOTICE, SURVEY, CAMPAIGN})
CLASSES: Final = (SAFETY, WARNING, DESK, SERVICE, BILLING, DUNNING, NOTICE, SURVEY, CAMPAIGN)

# What every template is given beside the event's own values, where notify knows it.
CONTEXT: Final = ("name", "place", "community")


@dataclass(frozen=True)
class Notice:
    """One entry: an event type told with a template to an audience.

    `person` names the data field of the person the event is about; `variables` maps a template variable to
    a data field; `when` restricts the entry to events whose data has these values, `unless` to the others.
    `desk_above` makes it a matter of the desk, which does not ring at night, where a clock is longer.
    """

    source: str
    event: str
    template: str
    audience: str
    message_class: str
    person: str | None
    variables: Mapping[str, str] = field(default_factory=dict)
    when: Mapping[str, Any] = field(default_factory=dict)
    unless: Mapping[str, Any] = field(default_factory=dict)
    desk_above: int | None = None

    def class_of(self, data: Mapping[str, Any]) -> str:
        """The message's class: that of the desk where the event's clock ran longer than `desk_above` seconds."""
        ran = data.get("counted_seconds")
        return DESK if self.desk_above is not None and ran is not None and ran > self.desk_above else self.message_class

    def applies(self, data: Mapping[str, Any]) -> bool:
        """Whether this entry speaks about an event with such data."""
        kept = not any(data.get(name) == value for name, value in self.unless.items())
        return kept and all(data.get(name) == value for name, value in self.when.items())

    def values(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The template's own values, taken from the event's data; absent ones are left out."""
        return {name: data[source] for name, source in self.variables.items() if data.get(source) is not None}


def _ticket(event: str, template: str, **variables: str) -> Notice:
    return Notice(
        source="ticketing",
        event=event,
        template=template,
        audience="reporter",
        message_class=SERVICE,
        person="reporter_id",
        variables={"number": "number", "kind": "kind", **variables},
    )


def _revisit(template: str, outcome: str) -> Notice:
    return Notice(
        source="ticketing",
        event="revisit.done.v1",
        template=template,
        audience="reporter",
        message_class=SERVICE,
        person="reporter_id",
        variables={"number": "number", "kind": "kind", "at": "done_at"},
        when={"outcome": outcome},
    )


def _person(
    event: str,
    template: str,
    *,
    person: str | None = "person_id",
    when: Mapping[str, Any] | None = None,
    **variables: str,
) -> Notice:
    """What happened to a person's own standing; without `person` the owners of the unit are told."""
    return Notice(
        source="ticketing",
        event=event,
        template=template,
        audience="person",
        message_class=SERVICE,
        person=person,
        variables=variables,
        when=when or {},
    )


#: A miss of a promise of more than four hours waits for the morning, as its warnings do (they come when the night is
#: over); that of a shorter one rings at once, for somebody can still act.
SHORT_CLOCK: Final = 4 * 3600


def _clock(event: str, template: str, *, desk_above: int | None = None, **variables: str) -> Notice:
    return Notice(
        source="ticketing",
        event=event,
        template=template,
        audience="duty",
        message_class=WARNING,
        person="assignee_id",
        variables={"number": "number", "kind": "kind", "clock": "clock", **variables},
        desk_above=desk_above,
    )


def _cash(event: str, template: str, **variables: str) -> Notice:
    return Notice(
        source="billing",
        event=event,
        template=template,
        audience="duty",
        message_class=DESK,
        person="cashier_id",
        variables={"number": "number", **variables},
    )


def _lead(event: str, template: str, message_class: str = DESK, **variables: str) -> Notice:
    """What whoever leads has to hear: the event names their role and the org units above its place."""
    return Notice(
        source="ticketing",
        event=event,
        template=template,
        audience="duty",
        message_class=message_class,
        person=None,
        variables=variables,
    )


def _work(event: str, template: str, person: str, *, when: Mapping[str, Any] | None = None, **variables: str) -> Notice:
    """What an employee has to do, or to decide, in the registers of kpi."""
    return Notice(
        source="kpi",
        event=event,
        template=template,
        audience="person",
        message_class=DESK,
        person=person,
        variables=variables,
        when=when or {},
    )


def _task(event: str, person: str, template: str = "", *, reported: bool | None = None, **more: str) -> Notice:
    when = None if reported is None else {"reported": reported}
    name = f"work_task.{event}"
    return _work(f"{name}.v1", template or name, person, when=when, number="number", kind="kind", **more)


def _report(event: str, person: str) -> Notice:
    name = f"report.{event}"
    return _work(f"{name}.v1", name, person, form="form", period="period", due="due_on")


CATALOGUE: Final[tuple[Notice, ...]] = (
    _clock("clock.warned.v1", "clock.warned", percent="percent", due="due_at"),
    _clock("clock.breached.v1", "clock.breached", desk_above=SHORT_CLOCK, due="due_at"),
    _ticket("ticket.created.v1", "ticket.created", at="received_at"),
    _ticket("ticket.responded.v1", "ticket.responded", at="responded_at"),
    _ticket("ticket.dispatched.v1", "ticket.dispatched", department="department"),
    _ticket("ticket.arrived.v1", "ticket.arrived", at="arrived_at"),
    _ticket("ticket.plan_sent.v1", "ticket.plan_sent", at="sent_at"),
    _ticket("ticket.deadline_set.v1", "ticket.deadline_set", deadline="deadline"),
    _ticket("ticket.completed.v1", "ticket.completed", at="completed_at"),
    _ticket("ticket.signed_off.v1", "ticket.signed_off", at="signed_at"),
    _ticket("ticket.closed.v1", "ticket.closed", at="closed_at"),
    _ticket("ticket.cancelled.v1", "ticket.cancelled", at="cancelled_at"),
    _lead("order.lapsed.v1", "order.lapsed", number="number", kind="kind", until="accept_by"),
    _lead("patrol.missed.v1", "patrol.missed", day="day"),
    _lead("patrol.review_overdue.v1", "patrol.review_overdue", due="due_at"),
    _lead("survey.due_soon.v1", "survey.due_soon", period="period", ends="ends_on"),
    _lead("survey.missing.v1", "survey.missing", period="period"),
    _lead("care.round_closed.v1", "care.round_closed", households="households", reached="reached", missed="missed"),
    _revisit("revisit.reached", "reached"),
    _revisit("revisit.missed", "no_answer"),
    _person("binding.requested.v1", "binding.requested", role="role"),
    _person("binding.decided.v1", "binding.approved", when={"state": "approved"}),
    _person("binding.decided.v1", "binding.refused", when={"state": "refused"}, refusal="refusal"),
    _person("activation.redeemed.v1", "activation.redeemed"),
    _person("household.admitted.v1", "household.admitted", role="role"),
    # Whose unit it is hears of it, whoever of the household admitted them.
    _person("household.admitted.v1", "household.joined", person=None, role="role"),
    _person("person.merged.v1", "person.merged", person="survivor_id"),
    _cash("cash_shift.left_open.v1", "cash_shift.left_open", nights="nights"),
    _cash("cash_shift.settle_missed.v1", "cash_shift.settle_missed", due="settle_due_at"),
    _task("assigned", "assignee_id", due="due_on"),
    _task("due_soon", "assignee_id", due="due_on"),
    _task("overdue", "assignee_id", reported=False),
    # Who gave it hears of it as well, and of what only waits for their own word.
    _task("overdue", "superior_id", reported=False),
    _task("overdue", "superior_id", "work_task.unconfirmed", reported=True),
    _task("reported", "superior_id"),
    _task("returned", "assignee_id"),
    _task("extension_asked", "superior_id", due="due_on"),
    _task("extended", "assignee_id", due="due_on"),
    _task("extension_refused", "assignee_id", due="due_on"),
    _task("cancelled", "assignee_id"),
    _report("due_soon", "responsible_id"),
    _report("missing", "responsible_id"),
    _report("missing", "receiver_id"),
    _report("submitted", "receiver_id"),
    _report("returned", "responsible_id"),
    _work("suggestion.decided.v1", "suggestion.adopted", "suggested_by", when={"state": "adopted"}, number="number"),
    _work("suggestion.decided.v1", "suggestion.refused", "suggested_by", when={"state": "refused"}, number="number"),
    _work("policy.update_missed.v1", "policy.update_missed", "owner_id", code="code", due="due_on"),
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


def _index(entries: Iterable[Notice]) -> Mapping[tuple[str, str], tuple[Notice, ...]]:
    index: dict[tuple[str, str], tuple[Notice, ...]] = {}
    for entry in entries:
        key = (entry.source, entry.event)
        index[key] = (*index.get(key, ()), entry)
    return index


_BY_EVENT: Final = _index(CATALOGUE)
