"""Feeds kpi without its peers: events made here, applied as the puller applies them; and a quarter like the demo's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from services.kpi.consumers import SUBSCRIPTIONS
from shared.contracts.envelope import Event
from shared.ids import uuid7
from shared.messaging import puller
from tests.support.world import World

CN = timedelta(hours=8)
RESPONSE, PLAN = "complaint.response", "complaint.plan"


def local(month: int, day: int, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """An instant of 2025 in Shanghai's time."""
    return datetime(2025, month, day, hour, minute, second, tzinfo=UTC) - CN


def z(at: datetime) -> str:
    """As the wire has it."""
    return at.isoformat().replace("+00:00", "Z")


@dataclass
class Feed:
    """One community's events; `apply` hands them to kpi in the order they were told."""

    world: World
    org: UUID
    community: UUID = field(default_factory=uuid7)
    told: list[Event] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1))

    def tell(self, type_: str, at: datetime, data: dict[str, Any], subject: UUID | None = None) -> None:
        """Add an event; billing's are told apart by their type."""
        told_by_billing = type_.split(".")[0] in ("bill", "payment", "dunning") or type_ == "slip.posted.v1"
        source = "billing" if told_by_billing else "ticketing"
        number = next(self.numbers)
        self.told.append(
            Event(
                id=uuid7(),
                type=type_,
                source=source,
                org_id=self.org,
                community_id=self.community,
                subject=subject or uuid7(),
                seq=number,
                position=number,
                occurred_at=at,
                recorded_at=at,
                actor_id=None,
                trace_id="test",
                data=data,
            )
        )

    async def apply(self, page: int = 1000) -> None:
        """Hand over what was told, page by page, source by source."""
        told, self.told = self.told, []
        for source in ("ticketing", "billing"):
            events = [event for event in told if event.source == source]
            for start in range(0, len(events), page):
                async with self.world.runtime("kpi").db.tx(self.org) as tx:
                    await puller.apply(tx, source, SUBSCRIPTIONS[source], events[start : start + page])

    def register(self, name: str = "测试小区", path: Sequence[UUID] = ()) -> None:
        """The community, under the organisation's root."""
        data = {"name": name, "path": [str(u) for u in (self.org, *path)], "timezone": "Asia/Shanghai"}
        self.tell("community.upserted.v1", local(1, 1), data, self.community)

    def complaint(
        self, received: datetime, *, responds_after: timedelta, mark: int | None, by_call: bool = False
    ) -> UUID:
        """A complaint from intake to signature, with the clock events ticketing would send."""
        ticket, start = uuid7(), received
        base = {
            "kind": "complaint",
            "number": f"C{next(self.numbers)}",
            "unit_id": str(uuid7()),
            "reporter_id": str(uuid7()),
        }

        def ticket_event(kind: str, at: datetime, **data: Any) -> None:
            self.tell(f"ticket.{kind}.v1", at, {**base, **data}, ticket)

        def clock_event(kind: str, clock: str, at: datetime, due: datetime, **data: Any) -> None:
            self.tell(
                f"clock.{kind}.v1",
                at,
                {**base, "ticket_id": str(ticket), "clock": clock, "due_at": z(due), **data},
                ticket,
            )

        due, plan_due = start + timedelta(minutes=10), start + timedelta(hours=24)
        clocks = [{"clock": RESPONSE, "due_at": z(due)}, {"clock": PLAN, "due_at": z(plan_due)}]
        ticket_event("created", start, urgency="normal", received_at=z(start), clocks=clocks)
        for clock, limit in ((RESPONSE, due), (PLAN, plan_due)):
            clock_event("started", clock, start, limit, **{"from": z(start)})
        responded = start + responds_after
        if responded > due:
            clock_event("breached", RESPONSE, due, due)
        ticket_event("responded", responded, responded_at=z(responded))
        if responded <= due:
            clock_event("met", RESPONSE, responded, due, met_at=z(responded))
        planned = start + timedelta(hours=3)
        ticket_event("plan_sent", planned, sent_at=z(planned))
        clock_event("met", PLAN, planned, plan_due, met_at=z(planned))
        done = start + timedelta(hours=20)
        ticket_event("completed", done, completed_at=z(done), handler_id=str(uuid7()))
        ticket_event("signed_off", done, signed_at=z(done), method="app")
        ticket_event("closed", done, closed_at=z(done))
        later = done + timedelta(hours=5)
        if mark is not None and by_call:
            revisit = {"revisit_id": str(uuid7()), "ticket_id": str(ticket), "outcome": "reached", "rating": mark}
            revisit |= {"satisfied": mark >= 80, "done_at": z(later), "on_time": True}
            self.tell("revisit.done.v1", later, revisit, ticket)  # of the ticket's subject, as ticketing tells it
        elif mark is not None:
            ticket_event("rated", later, score=mark, satisfied=mark >= 80, rated_at=z(later))
        return ticket

    def hazard(self, found: datetime, rectified: datetime | None, **entry: str) -> UUID:
        """A hazard from its entry in the register to its rectification."""
        ticket = uuid7()
        base = {"kind": "hazard", "number": f"Y{next(self.numbers)}", "unit_id": None, "reporter_id": None}
        base |= {"level": "3", "party": "company", "appliance": "other", "found_in": "patrol", "line": None}
        base |= {"found_at": z(found), **entry}
        self.tell("hazard.opened.v1", found, base, ticket)
        if rectified is not None:
            self.tell("hazard.rectified.v1", rectified, {**base, "rectified_at": z(rectified)}, ticket)
        return ticket

    def files(self, ids: Sequence[UUID], at: datetime) -> None:
        """Owner files come on the register."""
        for part in _parts(ids):
            data = {"files": [{"file_id": str(i), "unit_id": str(uuid7())} for i in part]}
            self.tell("archive.upserted.v1", at, data, self.community)

    def check(self, at: datetime, found: Sequence[tuple[UUID, bool, bool]]) -> None:
        """A monthly archive check."""
        check = uuid7()
        for part in _parts(found):
            items = [{"file_id": str(i), "unit_id": None, "complete": c, "up_to_date": u} for i, c, u in part]
            data = {"check_id": str(check), "month": z(at)[:7], "checked_at": z(at), "items": items}
            self.tell("archive.checked.v1", at, data, check)

    def survey(self, households: Sequence[UUID], answers: Sequence[tuple[UUID, Sequence[int]]], period: str) -> None:
        """A survey issued, answered and closed."""
        survey, opened, closed = uuid7(), local(3, 1), local(3, 28, 20)
        head = {"survey_id": str(survey), "period": period}
        dimensions = [f"d{n}" for n in range(1, 9)]
        more = {"dimensions": dimensions, "closes_at": z(closed), "scope_count": len(households)}
        self.tell("survey.opened.v1", opened, {**head, **more}, survey)
        for part in _parts(households):
            self.tell("survey.scope_listed.v1", opened, {**head, "unit_ids": [str(u) for u in part]}, survey)
        for unit, marks in answers:
            data = {"unit_id": str(unit), "answer_id": str(uuid7()), "marks": dict(zip(dimensions, marks, strict=True))}
            self.tell("survey.answered.v1", local(3, 10), {**head, **data, "answered_at": z(local(3, 10))}, survey)
        counts = {"scope_count": len(households), "answer_count": len(answers)}
        self.tell("survey.closed.v1", closed, {**head, "closed_at": z(closed), **counts}, survey)

    def bill(self, fen: int, due: str, paid: Iterable[tuple[int, str]] = (), prepaid: int = 0) -> UUID:
        """A property-fee bill and its payments (fen, value date); the last one may pay too much."""
        bill, unit, month = uuid7(), str(uuid7()), int(due[5:7])
        issued = local(month, 1)
        head = {"bill_id": str(bill), "unit_id": unit, "fee_kind": "property", "due_date": due}
        more = {"number": f"B{next(self.numbers)}", "payer_id": str(uuid7()), "period": due[:7], "amount_fen": fen}
        self.tell("bill.issued.v1", issued, {**head, **more, "standard": "wy"}, bill)
        for amount, day in paid:
            payment = uuid7()
            money = {"payment_id": str(payment), "unit_id": unit, "value_date": day}
            received = {**money, "payer_id": str(uuid7()), "amount_fen": amount + prepaid, "method": "bank"}
            self.tell("payment.received.v1", issued, {**received, "prepaid_fen": prepaid}, payment)
            allocated = {**head, **money, "allocation_id": str(uuid7()), "amount_fen": amount, "paid_on": day}
            self.tell("payment.allocated.v1", issued, allocated, bill)
        return bill

    def quarter(self, scale: int = 1000) -> list[UUID]:
        """Percentages of the worked examples F-048 to F-051 on `scale` owner files; the ids of the late complaints."""
        self.register()
        late = []
        for n in range(40):
            after = timedelta(minutes=10, seconds=1 if n in (7, 21) else 0)
            received = local(1 + n % 3, 2 + n % 25, 9, n)
            ticket = self.complaint(received, responds_after=after, mark=90 if n < 33 else 60, by_call=n % 4 == 0)
            late += [ticket] if n in (7, 21) else []
        ids = [uuid7() for _ in range(scale)]
        self.files(ids, local(1, 1))
        self.check(local(1, 20), [(i, False, False) for i in ids])
        last = [(i, n < scale * 972 // 1000, n < scale * 965 // 1000) for n, i in enumerate(ids)]
        self.check(local(3, 20), last)
        homes = [uuid7() for _ in range(100)]
        # 78 answers of 8 marks: 624 marks that sum to 52,166, a mean of 83.59936.
        marks = [84] * 374 + [83] * 250
        self.survey(homes, [(homes[n], marks[8 * n : 8 * n + 8]) for n in range(78)], "2025-Q1")
        for month in (1, 2, 3):
            last_day = {1: "31", 2: "28", 3: "31"}[month]
            for n in range(10):
                fen, due = 125_000_000 // 30, f"2025-{month:02d}-{last_day}"
                fen += 125_000_000 % 30 if (month, n) == (3, 9) else 0
                self.bill(fen, due, [(fen, due)] if n < 8 else [])
        paid = 24 * (125_000_000 // 30)
        rest = 125_000_000 // 30
        self.bill(0, "2025-03-31", [(109_250_000 - paid, "2025-03-31"), (rest, "2025-04-01")], prepaid=5000)
        return late


def _parts(rows: Sequence[Any], size: int = 200) -> Iterable[Sequence[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
