"""The kinds of entries that the catalogue of messages is made of."""

from collections.abc import Mapping
from typing import Any, Final

from services.notify.domain.notice import DESK, SERVICE, WARNING, Notice


def ticket(event: str, template: str, **variables: str) -> Notice:
    """A step of a case, told to its reporter."""
    return Notice(
        source="ticketing",
        event=event,
        template=template,
        audience="reporter",
        message_class=SERVICE,
        person="reporter_id",
        variables={"number": "number", "kind": "kind", **variables},
    )


def revisit(template: str, outcome: str) -> Notice:
    """What a follow-up call came to."""
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


def person(
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


def clock(event: str, template: str, *, desk_above: int | None = None, **variables: str) -> Notice:
    """A promise that runs out or was missed, told to whoever has the case and those above."""
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


def cash(event: str, template: str, **variables: str) -> Notice:
    """A cashier's drawer that was not settled."""
    return Notice(
        source="billing",
        event=event,
        template=template,
        audience="duty",
        message_class=DESK,
        person="cashier_id",
        variables={"number": "number", **variables},
    )


def lead(event: str, template: str, message_class: str = DESK, **variables: str) -> Notice:
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


def engineer(event: str, template: str, *, person: str, **variables: str) -> Notice:
    """What whoever has a case must do now; where nobody has it, whoever leads hears of it."""
    return Notice(
        source="ticketing",
        event=event,
        template=template,
        audience="duty",
        message_class=WARNING,
        person=person,
        variables={"number": "number", "kind": "kind", **variables},
        role="supervisor",
    )


def role(
    event: str,
    template: str,
    role: str,
    message_class: str = DESK,
    *,
    source: str = "ticketing",
    when: Mapping[str, Any] | None = None,
    unless: Mapping[str, Any] | None = None,
    **variables: str,
) -> Notice:
    """What holders of a role have to hear, though the event names nobody."""
    return Notice(
        source=source,
        event=event,
        template=template,
        audience="duty",
        message_class=message_class,
        person=None,
        variables=variables,
        when=when or {},
        unless=unless or {},
        role=role,
    )


def work(
    event: str,
    template: str,
    person: str,
    *,
    source: str = "kpi",
    when: Mapping[str, Any] | None = None,
    **variables: str,
) -> Notice:
    """What an employee has to do, or to decide, in the registers of kpi or as a survey's measure."""
    return Notice(
        source=source,
        event=event,
        template=template,
        audience="person",
        message_class=DESK,
        person=person,
        variables=variables,
        when=when or {},
    )


def task(event: str, person: str, template: str = "", *, reported: bool | None = None, **more: str) -> Notice:
    """A step of a task; ``reported`` narrows it to those that were, or were not, reported done."""
    when = None if reported is None else {"reported": reported}
    name = f"work_task.{event}"
    return work(f"{name}.v1", template or name, person, when=when, number="number", kind="kind", **more)


def report(event: str, person: str) -> Notice:
    """A step of a periodic report."""
    name = f"report.{event}"
    return work(f"{name}.v1", name, person, form="form", period="period", due="due_on")
