"""Events folded into cases and judged: late entries, limits at a period's end, whose rating, which check, which
money."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.kpi.domain.catalogue import families, indicators
from services.kpi.domain.facts import Case, Doc, Fact, Judging, changed
from services.kpi.domain.measure import Measurement, measure
from services.kpi.domain.times import SHANGHAI
from shared.periods import Period
from tests.kpi.domain.support import measured, verdicts

TICKET = UUID(int=7)
HANDLING = "complaint.handling.timeliness.rate"
RATING = "complaint.resolution.satisfaction.rate"
COLLECTION = "fee.collection.quarter.rate"


@dataclass
class Told:
    """An event, as much of it as a family reads."""

    type: str
    data: dict[str, Any] = field(default_factory=dict)
    subject: UUID = TICKET
    occurred_at: datetime = datetime(2025, 1, 1, tzinfo=UTC)


def at(text: str) -> str:
    return f"2025-{text}+08:00"


def folded(family: str, *events: Told) -> dict[str, Doc]:
    docs: dict[str, Doc] = {}
    for event in events:
        assert event.type in families()[family].watches
        for subject, piece in families()[family].route(event):
            before = dict(docs[subject]) if subject in docs else None
            after = families()[family].fold(docs.get(subject), event, piece)
            assert docs.get(subject) == before, "fold changed its argument"
            if after is not None:
                docs[subject] = after
    return docs


def judged(code: str, family: str, *events: Told, **parameters: str) -> list[Fact]:
    indicator = indicators()[code]
    return [
        fact
        for subject, doc in folded(family, *events).items()
        for fact in indicator.judge(
            Case(family, subject, doc, SHANGHAI), Judging({**indicator.parameters, **parameters})
        )
    ]


def valued(code: str, facts: list[Fact], period: str = "2025-Q1", *, restated: bool = False) -> Measurement:
    return measure(indicators()[code], facts, Period.parse(period), SHANGHAI, restated=restated)


def complaint(kind: str, **data: Any) -> Told:
    return Told(f"ticket.{kind}.v1", {"kind": "complaint", "number": "T1", **data})


def created(received: str = "03-07T09:00:00", **more: Any) -> Told:
    hour, rest = received[6:8], received[8:]
    clocks = [
        {"clock": "complaint.response", "due_at": at(f"{received[:6]}{hour}:10{rest[3:]}")},
        {"clock": "complaint.plan", "due_at": at(f"{received[:3]}{int(received[3:5]) + 1:02d}{received[5:]}")},
    ]
    return complaint("created", received_at=at(received), clocks=clocks, **more)


def clock(kind: str, name: str, due: str, **data: Any) -> Told:
    return Told(
        f"clock.{kind}.v1", {"kind": "complaint", "ticket_id": str(TICKET), "clock": name, "due_at": at(due), **data}
    )


def test_a211_in_time_when_every_clock_was_kept() -> None:
    facts = judged(
        HANDLING,
        "complaint",
        created(),
        complaint("responded", responded_at=at("03-07T09:10:00")),
        complaint("plan_sent", sent_at=at("03-08T09:00:00")),
    )
    assert [(f.verdict, f.numerator, f.denominator) for f in facts] == [("met", 1, 1)]


def test_a211_a_breach_makes_it_late_before_anybody_answers() -> None:
    facts = judged(HANDLING, "complaint", created(), clock("breached", "complaint.response", "03-07T09:10:00"))
    assert facts[0].verdict == "late"
    assert facts[0].detail["breached"] == ["complaint.response"]


def test_amb023_a_late_entry_withdraws_the_breach() -> None:
    told = [
        created(),
        clock("breached", "complaint.response", "03-07T09:10:00"),
        complaint("plan_sent", sent_at=at("03-07T12:00:00")),
        complaint("responded", responded_at=at("03-07T09:08:00")),
        clock("breach_withdrawn", "complaint.response", "03-07T09:10:00", met_at=at("03-07T09:08:00")),
    ]
    assert judged(HANDLING, "complaint", *told[:3])[0].verdict == "late"
    assert judged(HANDLING, "complaint", *told)[0].verdict == "met"


def test_b008_an_urgent_complaint_has_a_third_clock() -> None:
    told = [
        created(urgency="urgent"),
        clock("started", "complaint.onsite.urgent", "03-07T09:30:00"),
        complaint("responded", responded_at=at("03-07T09:01:00")),
        complaint("plan_sent", sent_at=at("03-07T10:00:00")),
    ]
    assert judged(HANDLING, "complaint", *told)[0].verdict == "within_limit"
    late = [*told, complaint("arrived", arrived_at=at("03-07T09:30:01"))]
    assert judged(HANDLING, "complaint", *late)[0].detail["breached"] == ["complaint.onsite.urgent"]
    assert judged("complaint.onsite.urgent.timeliness", "complaint", *late)[0].verdict == "late"
    assert judged("complaint.response.timeliness", "complaint", *late)[0].verdict == "met"


def test_amb084_reclassifying_does_not_remove_a_missed_clock() -> None:
    told = [
        created(urgency="urgent"),
        clock("started", "complaint.onsite.urgent", "03-07T09:30:00"),
        complaint("responded", responded_at=at("03-07T09:01:00")),
        complaint("plan_sent", sent_at=at("03-07T10:00:00")),
    ]
    missed = [
        *told,
        clock("breached", "complaint.onsite.urgent", "03-07T09:30:00"),
        complaint("classified", urgency="normal"),
        clock("cancelled", "complaint.onsite.urgent", "03-07T09:30:00"),
    ]
    assert judged(HANDLING, "complaint", *missed)[0].verdict == "late"
    kept = [
        *told,
        complaint("classified", urgency="normal"),
        clock("cancelled", "complaint.onsite.urgent", "03-07T09:30:00"),
    ]
    assert judged(HANDLING, "complaint", *kept)[0].verdict == "met"


def test_b010_a_complex_complaint_is_late_when_it_misses_the_agreed_deadline() -> None:
    told = [
        created(),
        complaint("responded", responded_at=at("03-07T09:05:00")),
        complaint("plan_sent", sent_at=at("03-07T10:00:00")),
        complaint("classified", urgency="normal", complex=True),
        complaint("deadline_set", deadline=at("03-20T18:00:00"), set_at=at("03-07T11:00:00")),
    ]
    assert judged(HANDLING, "complaint", *told)[0].verdict == "within_limit"
    done = complaint("completed", completed_at=at("03-20T18:00:00"), handler_id="h")
    assert judged(HANDLING, "complaint", *told, done)[0].verdict == "met"
    late = complaint("completed", completed_at=at("03-20T18:00:01"), handler_id="h")
    assert judged(HANDLING, "complaint", *told, late)[0].detail["breached"] == ["complaint.complex.deadline"]
    never = clock("breached", "complaint.complex.deadline", "03-20T18:00:00")
    assert judged(HANDLING, "complaint", *told, never)[0].verdict == "late"


def test_b010_a_complex_complaint_without_an_agreed_deadline_in_24_hours_is_late() -> None:
    told = [
        created(),
        complaint("responded", responded_at=at("03-07T09:05:00")),
        complaint("plan_sent", sent_at=at("03-07T10:00:00")),
        complaint("classified", urgency="normal", complex=True),
    ]
    late = complaint("deadline_set", deadline=at("03-20T18:00:00"), set_at=at("03-08T09:00:01"))
    assert judged(HANDLING, "complaint", *told, late)[0].detail["breached"] == ["complaint.complex.deadline"]


def test_amb109_a_case_inside_its_limit_at_the_periods_end_enters_by_restatement() -> None:
    facts = judged(
        HANDLING,
        "complaint",
        created("03-30T23:00:00"),
        complaint("responded", responded_at=at("03-30T23:01:00")),
        complaint("plan_sent", sent_at=at("03-31T22:00:00")),
    )
    assert valued(HANDLING, facts).reading.value == 100
    late = judged(
        HANDLING,
        "complaint",
        complaint(
            "created",
            received_at=at("03-31T23:00:00"),
            clocks=[
                {"clock": "complaint.response", "due_at": at("03-31T23:10:00")},
                {"clock": "complaint.plan", "due_at": at("04-01T23:00:00")},
            ],
        ),
        complaint("responded", responded_at=at("03-31T23:01:00")),
        clock("breached", "complaint.plan", "04-01T23:00:00"),
    )
    assert valued(HANDLING, late).reading.state == "no_data"
    assert verdicts(valued(HANDLING, late)) == ["within_limit"]
    assert valued(HANDLING, late, restated=True).reading.value == 0
    assert valued(HANDLING, late, "2025-Q2").uses == []


def test_amb109_the_local_date_of_receipt_decides_the_quarter() -> None:
    utc = Told("ticket.created.v1", {"kind": "complaint", "received_at": "2025-03-31T16:30:00Z", "clocks": []})
    facts = judged(HANDLING, "complaint", utc, complaint("responded", responded_at="2025-03-31T16:31:00Z"))
    assert (valued(HANDLING, facts).reading.state, valued(HANDLING, facts, "2025-Q2").reading.value) == ("no_data", 100)


def test_cancelling_is_no_way_out_of_a_number() -> None:
    cancelled = complaint("cancelled", cancelled_at=at("03-07T11:00:00"))
    assert judged(HANDLING, "complaint", created(), cancelled)[0].verdict == "cancelled"
    late = complaint("responded", responded_at=at("03-07T09:30:00"))
    assert judged(HANDLING, "complaint", created(), late, cancelled)[0].verdict == "late"


def test_repairs_are_no_complaints() -> None:
    assert folded("complaint", Told("ticket.created.v1", {"kind": "repair", "received_at": at("03-07T09:00:00")})) == {}
    assert (
        folded("complaint", Told("revisit.done.v1", {"ticket_id": str(TICKET), "outcome": "reached", "rating": 90}))
        == {}
    )


def test_a_reopened_complaint_is_open_again_and_its_kept_promises_stay_kept() -> None:
    told = [
        created(),
        complaint("responded", responded_at=at("03-07T09:05:00")),
        complaint("plan_sent", sent_at=at("03-07T10:00:00")),
        complaint("classified", urgency="normal", complex=True),
        complaint("deadline_set", deadline=at("03-10T18:00:00"), set_at=at("03-07T11:00:00")),
        complaint("completed", completed_at=at("03-10T17:00:00"), handler_id="h"),
        complaint("closed", closed_at=at("03-10T17:30:00")),
    ]
    assert judged("complaint.signoff.rate", "complaint", *told)[0].verdict == "unsigned"
    again = [*told, complaint("reopened", reopened_at=at("03-11T09:00:00"), round=2)]
    assert judged("complaint.signoff.rate", "complaint", *again) == []
    again += [complaint("completed", completed_at=at("03-12T09:00:00"), handler_id="h2")]
    assert judged(HANDLING, "complaint", *again)[0].verdict == "met"


def test_b010_a_complaint_no_longer_complex_has_no_deadline_unless_it_was_missed() -> None:
    told = [
        created(),
        complaint("responded", responded_at=at("03-07T09:05:00")),
        complaint("plan_sent", sent_at=at("03-07T10:00:00")),
        complaint("classified", urgency="normal", complex=True),
        complaint("deadline_set", deadline=at("03-20T18:00:00"), set_at=at("03-07T11:00:00")),
    ]
    simple = complaint("classified", urgency="normal", complex=False)
    missed = clock("breached", "complaint.complex.deadline", "03-20T18:00:00")
    assert judged(HANDLING, "complaint", *told, simple)[0].verdict == "met"
    assert judged(HANDLING, "complaint", *told, missed, simple)[0].verdict == "late"


def call(outcome: str, rating: int | None, done: str) -> Told:
    return Told(
        "revisit.done.v1",
        {
            "ticket_id": str(TICKET),
            "outcome": outcome,
            "rating": rating,
            "satisfied": None if rating is None else rating >= 80,
            "done_at": at(done),
        },
        UUID(int=9),
    )


def test_amb110_the_owners_own_rating_else_the_reached_call() -> None:
    closed = [
        created(),
        complaint("completed", completed_at=at("03-08T09:00:00"), handler_id="h"),
        complaint("closed", closed_at=at("03-08T10:00:00")),
    ]
    assert judged(RATING, "complaint", *closed)[0].verdict == "not_asked"
    unreached = [*closed, call("no_answer", None, "03-09T10:00:00")]
    assert judged(RATING, "complaint", *unreached)[0].verdict == "not_rated"
    reached = [*unreached, call("reached", 95, "03-09T11:00:00")]
    assert judged(RATING, "complaint", *reached)[0].detail["source"] == "revisit"
    own = [*reached, complaint("rated", score=60, satisfied=False, rated_at=at("03-10T11:00:00"))]
    facts = judged(RATING, "complaint", *own)
    assert [(f.verdict, f.detail["source"]) for f in facts] == [("unsatisfied", "owner")]


def test_amb111_satisfied_from_is_a_parameter() -> None:
    case = {"score": 85, "rated_at": at("03-10T10:00:00"), "closed_at": at("03-10T10:00:00")}
    assert measured(RATING, case).reading.value == 100
    assert measured(RATING, case, satisfied_from="90").reading.value == 0


def test_amb109_a_rating_belongs_to_the_period_in_which_it_was_given() -> None:
    case = {"score": 85, "rated_at": at("04-01T00:10:00"), "closed_at": at("03-31T10:00:00")}
    assert measured(RATING, case).reading.state == "no_data"
    assert measured(RATING, case, period="2025-Q2").reading.value == 100


def test_amb008_asked_without_an_answer_is_no_data_not_asked_is_not_measured() -> None:
    closed = {"closed_at": at("03-10T10:00:00")}
    assert measured(RATING, {**closed, "asked_at": at("03-11T10:00:00")}).reading.state == "no_data"
    assert measured(RATING, closed).reading.state == "not_measured"
    assert measured(RATING, {"closed_at": at("03-31T10:00:00")}).reading.state == "no_data"  # the call is not due yet


def files(*ids: str, occurred: datetime = datetime(2024, 12, 1, tzinfo=UTC)) -> Told:
    return Told(
        "archive.upserted.v1", {"files": [{"file_id": i, "unit_id": f"u{i}"} for i in ids]}, UUID(int=1), occurred
    )


def check(month: str, day: str, **found: tuple[bool, bool]) -> Told:
    return Told(
        "archive.checked.v1",
        {
            "check_id": f"c-{month}-{day}",
            "month": f"2025-{month}",
            "checked_at": at(f"{month}-{day}T09:00:00"),
            "items": [
                {"file_id": i, "unit_id": f"u{i}", "complete": c, "up_to_date": u} for i, (c, u) in found.items()
            ],
        },
    )


def test_amb113_each_file_on_the_register_at_its_last_check() -> None:
    told = [
        files("a", "b", "c"),
        check("01", "20", a=(False, False), b=(True, True)),
        check("03", "20", a=(True, False)),
        files("late", occurred=datetime(2025, 4, 2, tzinfo=UTC)),
    ]
    complete = valued("archive.completeness.rate", judged("archive.completeness.rate", "archive_file", *told)).reading
    assert (complete.numerator, complete.denominator) == (2, 3)  # a at its March check, b at its January one, c never
    update = valued("archive.update.rate", judged("archive.update.rate", "archive_file", *told)).reading
    assert (update.numerator, update.denominator) == (1, 3)


def test_amb113_no_check_in_the_quarter_is_not_measured() -> None:
    facts = judged("archive.update.rate", "archive_file", files("a"))
    assert valued("archive.update.rate", facts).reading.state == "not_measured"


def test_a_check_of_a_file_that_is_on_no_register_is_listed_and_not_counted() -> None:
    found = valued(
        "archive.update.rate",
        judged("archive.update.rate", "archive_file", files("a"), check("03", "20", a=(True, True), x=(True, True))),
    )
    assert (found.reading.numerator, found.reading.denominator) == (1, 1)
    assert "not_on_register" in verdicts(found)


def test_b114_the_monthly_rate_adds_up_the_months_of_a_quarter() -> None:
    code = "archive.update.monthly.rate"
    facts = judged(
        code,
        "archive_file",
        files("a", "b"),
        check("01", "20", a=(True, True), b=(True, True)),
        check("03", "20", a=(True, True)),
    )
    assert [valued(code, facts, p).reading.value for p in ("2025-01", "2025-03")] == [100, 50]
    assert valued(code, facts, "2025-02").reading.state == "not_measured"
    assert (valued(code, facts).reading.numerator, valued(code, facts).reading.denominator) == (3, 6)


def answer(unit: str, mark: int, which: int = 1) -> Told:
    return Told(
        "survey.answered.v1",
        {
            "survey_id": "s",
            "period": "2025-Q1",
            "unit_id": unit,
            "answer_id": f"{unit}{which}",
            "marks": {f"d{n}": mark for n in range(8)},
            "answered_at": at("04-01T09:00:00"),
        },
    )


def test_amb021_one_answer_per_household_the_last_one_of_those_on_the_list() -> None:
    told = [
        Told("survey.scope_listed.v1", {"survey_id": "s", "period": "2025-Q1", "unit_ids": ["u1", "u2", "u3"]}),
        answer("u1", 60),
        answer("u1", 80, 2),
        answer("u2", 90),
        answer("stranger", 100),
    ]
    coverage = valued("survey.coverage.rate", judged("survey.coverage.rate", "household", *told))
    assert (coverage.reading.numerator, coverage.reading.denominator) == (2, 3)
    assert coverage.verdicts == {"answered": 2, "unanswered": 1, "not_in_scope": 1}
    score = valued("survey.score", judged("survey.score", "household", *told)).reading
    assert score.value == 85


def test_b118_a_survey_counts_for_the_quarter_it_was_issued_for() -> None:
    opened = Told("survey.opened.v1", {"survey_id": "s", "period": "2025-Q1", "dimensions": list("abcdefgh")})
    closed = Told(
        "survey.closed.v1",
        {"survey_id": "s", "period": "2025-Q1", "closed_at": at("04-02T09:00:00"), "scope_count": 3, "answer_count": 2},
    )
    assert valued("survey.count", judged("survey.count", "survey", opened)).reading.state == "not_measured"
    assert valued("survey.count", judged("survey.count", "survey", opened, closed)).reading.value == 1
    assert (
        valued("survey.dimension.count", judged("survey.dimension.count", "survey", opened, closed)).reading.value == 8
    )


def bill(fen: int, due: str = "2025-01-31", kind: str = "property") -> Told:
    return Told(
        "bill.issued.v1",
        {
            "bill_id": "b",
            "number": "B1",
            "unit_id": "u",
            "payer_id": "p",
            "fee_kind": kind,
            "period": "2025-01",
            "due_date": due,
            "amount_fen": fen,
            "standard": "s",
        },
    )


def money(fen: int, value_date: str, name: str = "a1", due: str = "2025-01-31", **more: Any) -> Told:
    return Told(
        "payment.allocated.v1",
        {
            "allocation_id": name,
            "payment_id": "m",
            "bill_id": "b",
            "unit_id": "u",
            "fee_kind": "property",
            "due_date": due,
            "amount_fen": fen,
            "value_date": value_date,
            "paid_on": value_date,
            **more,
        },
    )


@pytest.mark.parametrize(("value_date", "counts"), [("2024-12-15", True), ("2025-03-31", True), ("2025-04-01", False)])
def test_b072_money_counts_by_its_value_date_up_to_the_quarters_last_day(value_date: str, counts: bool) -> None:
    found = valued(COLLECTION, judged(COLLECTION, "bill", bill(10000), money(10000, value_date)))
    assert found.reading.value == (100 if counts else 0)
    if not counts:
        assert found.beside == {"credited_after_quarter": 100}


def test_amb016_old_arrears_collected_now_stand_beside_this_quarter() -> None:
    facts = judged(COLLECTION, "bill", bill(10000, "2024-10-31"), money(10000, "2025-02-01", due="2024-10-31"))
    found = valued(COLLECTION, facts)
    assert (found.reading.state, found.beside) == ("no_data", {"for_bill_of_other_quarter": 100})


def test_amb114_a_prepayment_stands_beside_the_rate() -> None:
    received = Told(
        "payment.received.v1",
        {
            "payment_id": "m",
            "unit_id": "u",
            "payer_id": "p",
            "amount_fen": 15000,
            "value_date": "2025-02-01",
            "method": "bank",
            "prepaid_fen": 5000,
        },
    )
    found = valued(COLLECTION, judged(COLLECTION, "payment", received))
    assert found.beside == {"prepayment": 50}


def test_an_allocation_told_twice_counts_once_and_parking_not_at_all() -> None:
    facts = judged(
        COLLECTION,
        "bill",
        bill(10000),
        money(4000, "2025-02-01"),
        money(4000, "2025-02-01"),
        money(1000, "2025-02-02", "a2"),
    )
    assert valued(COLLECTION, facts).reading.value == 50
    assert judged(COLLECTION, "bill", bill(10000, kind="parking")) == []


def test_a_changed_judgement_appends_only_what_changed_and_withdraws_what_is_gone() -> None:
    before = judged(COLLECTION, "bill", bill(10000), money(4000, "2025-02-01"))
    after = judged(COLLECTION, "bill", bill(10000), money(4000, "2025-02-01"), money(100, "2025-02-02", "a2"))
    assert [fact.subject for fact in changed(before, after)] == ["b/a2"]
    assert changed(after, after) == []
    gone = changed(after, before)
    assert [(fact.subject, fact.verdict, fact.counted, fact.numerator) for fact in gone] == [
        ("b/a2", "withdrawn", False, 0)
    ]
    assert valued(COLLECTION, [*before, *gone]).reading.value == 40
