"""Plays a case with the domain's functions alone: commands in order, clocks reconciled, timers firing in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.ticketing.domain.clocks import Change, Clock, fire_at, reconcile_all
from services.ticketing.domain.commands import apply
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import Example, Step, TicketKind

RECEIVED = datetime(2025, 3, 7, 1, 0, 0, tzinfo=UTC)


@dataclass
class Case:
    """One case as it goes."""

    kind: TicketKind
    facts: Facts
    clocks: dict[str, Clock] = field(default_factory=dict)
    changes: list[tuple[datetime, Change]] = field(default_factory=list)

    @classmethod
    def taken_in(
        cls,
        kind: TicketKind,
        *,
        received: datetime = RECEIVED,
        urgency: str = "normal",
        appointment: datetime | None = None,
        recorded: datetime | None = None,
        fields: Mapping[str, Any] | None = None,
        channel: str = "phone",
    ) -> Case:
        facts = Facts(kind.first, received, urgency=urgency, appointment=appointment, channel=channel)
        case = cls(kind, replace(facts, fields=dict(fields or {})))
        case._reconcile(recorded or received)
        return case

    def _reconcile(self, now: datetime) -> None:
        self.clocks, changes = reconcile_all(self.kind.clocks, self.clocks, self.facts, now)
        self.changes.extend((now, c) for c in changes)

    def wait(self, until: datetime) -> None:
        """Let timers fire in order up to ``until``, inclusive."""
        while True:
            due = [fire_at(c.due_at) for c in self.clocks.values() if c.state == "running"]
            closing = (
                self.facts.completed_at + self.kind.auto_close
                if self.kind.auto_close
                and self.facts.completed_at
                and "close" in self.kind.allowed(self.facts.state)
                else None
            )
            first = min([*due, *([closing] if closing else [])], default=None)
            if first is None or first > until:
                return
            if first == closing:
                self.facts = apply(self.kind, self.facts, "close", first, {})
            self._reconcile(first)

    def do(self, step: Step) -> None:
        """One command, with what happened until it was told."""
        at = self.facts.received_at + step.after
        told = self.facts.received_at + (step.told_after if step.told_after is not None else step.after)
        self.wait(told)
        args = dict(step.args)
        if "deadline_after" in args:
            args["deadline"] = self.facts.received_at + args.pop("deadline_after")
        self.facts = apply(self.kind, self.facts, step.action, at, args)
        self._reconcile(told)

    def states(self) -> dict[str, str]:
        return {code: clock.state for code, clock in self.clocks.items()}

    def said(self, code: str) -> list[str]:
        """What happened to one clock, in order."""
        return [c.what for _, c in self.changes if c.clock.code == code]


def play(kind: TicketKind, example: Example) -> Case:
    """An example of a kind, up to its end."""
    appointment = (
        RECEIVED + example.appointment_after if example.appointment_after is not None else None
    )
    case = Case.taken_in(
        kind, urgency=example.urgency, appointment=appointment, fields=example.fields, channel=example.channel
    )
    for step in example.steps:
        case.do(step)
    case.wait(RECEIVED + example.until)
    return case


def run(kind: TicketKind, steps: Sequence[Step], until: timedelta, urgency: str = "normal") -> Case:
    """Steps of a case that is no example."""
    return play(kind, Example("ad hoc", steps, until, "", {}, urgency=urgency))
