"""Complaints from events to facts: late entries, limits at a period's end, whose rating counts (A-211, A-212)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.kpi.domain.folding import TICKET, Told, at, folded, judged, valued
from tests.kpi.domain.support import measured, verdicts

HANDLING = "complaint.handling.timeliness.rate"
RATING = "complaint.resolution.satisfaction.rate"


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


def test_amb005_late_on_every_clock_is_late_once() -> None:
    facts = judged(
        HANDLING,
        "complaint",
        created(),
        clock("breached", "complaint.response", "03-07T09:10:00"),
        clock("breached", "complaint.plan", "03-08T09:00:00"),
    )
    assert [(f.verdict, f.numerator, f.denominator) for f in facts] == [("late", 0, 1)]
    assert facts[0].detail["breached"] == ["complaint.response", "complaint.plan"]


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


def test_b008_an_urgent_complaint_has_a_third_clock() -> None:  # AMB-023
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
