"""Calls, visits, dunning, slips, repairs, incidents, patrols and posts as events tell them, late and out of order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.kpi.domain.folding import Told, at, judged, valued
from tests.kpi.domain.support import item, measured, scored

STEP = {"case_id": "c1", "period": "2025-03", "unit_id": "u1"}


def share(code: str, family: str, *events: Told, period: str = "2025-Q1", **parameters: str) -> tuple[Any, Any]:
    reading = valued(code, judged(code, family, *events, **parameters), period).reading
    return reading.numerator, reading.denominator


def call(kind: str, number: int = 1, **data: Any) -> Told:
    return Told(f"call.{kind}.v1", data, UUID(int=number))


def test_a_call_told_missed_before_it_was_told_answered_is_answered() -> None:
    told = [
        call("missed", offered_at=at("03-07T09:00:00"), outcome="missed", ended_at=at("03-07T09:01:00")),
        call("answered", offered_at=at("03-07T09:00:00"), answered_at=at("03-07T09:00:10"), in_time=True, rings=2),
        call("offered", 2, offered_at=at("03-08T09:00:00")),
        call("missed", 3, offered_at=at("03-08T10:00:00"), outcome="missed"),
        call("missed", 4, offered_at=at("03-08T11:00:00"), outcome="abandoned"),
    ]
    assert share("call.answer.rate", "call", *told) == (1, 2)  # the one still ringing and the one given up are beside
    assert share("call.three_rings.rate", "call", *told) == (1, 2)
    assert share("call.answer.rate", "call", *told, *told) == (1, 2)
    assert share("affair.response.rate", "call", *told) == (0, 2)
    handled = call("handled", affair="at_once", handled_at=at("03-07T09:05:00"))
    assert share("affair.response.rate", "call", *told, handled) == (1, 2)


def test_a_visit_counts_when_its_matter_was_seen_to() -> None:
    def visit(kind: str, number: int, **data: Any) -> Told:
        return Told(f"visit.{kind}.v1", data, UUID(int=number))

    told = [visit("received", n, received_at=at("03-07T09:00:00"), received_by="x") for n in (1, 2)]
    told += [visit("handled", 1, affair="transferred", handled_at=at("03-07T09:10:00"))]
    told += [visit("observed", 3, greeted=False, observed_at=at("03-07T09:00:00"))]
    assert share("visit.reception.rate", "visit", *told) == (1, 2)
    assert share("reception.count", "visit", *told)[0] == 2
    assert share("visit.greeting.two_metres.rate", "visit", *told) == (0, 1)
    assert share("affair.response.rate", "visit", *told) == (1, 2)


def test_b067_to_b069_a_step_done_in_its_window_withdraws_its_miss() -> None:
    """B-073: late or missed once, the debtor was not dunned on time."""
    missed = Told("dunning.step_missed.v1", {**STEP, "step_id": "s1", "kind": "sms", "due_at": at("03-10T23:59:59")})
    done = Told("dunning.sms.done.v1", {**STEP, "step_id": "s1", "outcome": "sent", "on_time": True})
    late = Told("dunning.call.done.v1", {**STEP, "step_id": "s2", "outcome": "promised", "on_time": False})
    held = Told("dunning.suspended.v1", {**STEP, "step_id": "s3", "kind": "visit", "cause": "dispute"})
    assert share("dunning.step.completion.rate", "dunning_month", missed) == (0, 1)
    assert share("dunning.missed.count", "dunning_month", missed)[0] == 1
    assert share("dunning.step.completion.rate", "dunning_month", missed, done, held) == (1, 1)
    assert share("fee.dunning.rate", "dunning_month", missed, done, held) == (1, 1)
    assert share("dunning.step.completion.rate", "dunning_month", missed, done, late, held) == (1, 2)
    assert share("fee.dunning.rate", "dunning_month", missed, done, late) == (0, 1)
    assert share("dunning.missed.count", "dunning_month", missed, done)[0] is None


def test_b074_b075_amb061_slips_and_notices_by_what_was_posted_and_delivered_in_time() -> None:
    written = [
        Told("slip.created.v1", {"slip_id": f"s{n}", "slip_number": f"S{n}", "done_at": at("03-07T09:00:00")})
        for n in (1, 2, 3)
    ]
    void = Told("slip.voided.v1", {"slip_id": "s3", "slip_number": "S3"})
    posted = {"number": "S1", "served_on": "2025-03-07"}
    posted |= {"posted_at": at("03-08T09:00:00"), "run_at": at("03-20T00:00:00")}
    told = [Told("slip.posted.v1", {**posted, "slip_id": f"s{n}", "in_time": n == 1}) for n in (1, 2)]
    for code in ("slip.posting.timeliness.rate", "bill.processing.rate"):
        facts = judged(code, "paid_slip", *written, void) + judged(code, "posted_slip", *told)
        reading = valued(code, facts).reading
        assert (reading.numerator, reading.denominator) == (1, 2)
    assert share("deduction.failed.late_posting.count", "posted_slip", *told)[0] == 1
    notice = {"notice_id": "n1", "number": "N1", "unit_id": "u1", "due_at": at("03-31T23:59:59"), "on_time": True}
    printed, delivered = Told("dunning.notice.printed.v1", notice), Told("dunning.notice.delivered.v1", notice)
    assert share("dunning.notice.ontime.rate", "dunning_notice", printed, delivered) == (1, 1)
    assert share("bill.processing.rate", "dunning_notice", printed) == (0, 1)


def ticket(type_: str, kind: str = "repair", number: int = 1, **data: Any) -> Told:
    return Told(type_, {"kind": kind, "number": f"R{number}", **data}, UUID(int=number))


def taken_in(number: int = 1, kind: str = "repair", day: str = "03-07", **data: Any) -> Told:
    received = at(f"{day}T09:00:00")
    return ticket("ticket.created.v1", kind, number, received_at=received, urgency="normal", **data)


def test_repairs_by_arrival_acceptance_and_the_returned_slip() -> None:
    """A-061, A-062, A-254, AMB-116; a complaint is none of these."""
    due = {"clock": "repair.arrival", "due_at": at("03-08T09:00:00")}
    told = [
        taken_in(1, clocks=[due]),
        ticket("ticket.arrived.v1", arrived_at=at("03-08T09:00:00")),
        ticket("ticket.completed.v1", completed_at=at("03-08T10:00:00"), handler_id="h"),
        ticket("ticket.accepted.v1", accepted=False, by="owner", round=1, checked_at=at("03-08T11:00:00")),
        ticket("ticket.accepted.v1", accepted=True, by="owner", round=2, checked_at=at("03-09T11:00:00")),
        taken_in(2, clocks=[due]),
        ticket("clock.breached.v1", number=2, ticket_id=str(UUID(int=2)), **due),
        taken_in(3, kind="complaint"),
        taken_in(4, clocks=[due]),
        ticket("ticket.cancelled.v1", number=4, cancelled_at=at("03-07T10:00:00")),
    ]
    for code in ("repair.timeliness.rate", "repair.onsite.timeliness.rate"):
        assert share(code, "work", *told) == (1, 2)
    for code in ("repair.pass.rate", "repair.onsite.pass.rate"):
        assert share(code, "work", *told) == (1, 1)
    assert share("repair.form.returned.rate", "work", *told) == (0, 1)
    back = ticket("ticket.slip_returned.v1", returned_at=at("03-10T09:00:00"), round=1, method="paper")
    assert share("repair.form.returned.rate", "work", *told, back) == (1, 1)


def test_f093_hotline_cases_open_at_the_end_stay_in_the_denominator() -> None:
    told = [
        taken_in(1, "hotline"),
        ticket("ticket.dispatched.v1", "hotline", 1, assignee_id="a"),
        ticket("ticket.completed.v1", "hotline", 1, completed_at=at("04-02T09:00:00")),
        taken_in(2, "hotline"),
        ticket("ticket.completed.v1", "hotline", 2, completed_at=at("03-08T09:00:00")),
        taken_in(3, "repair"),
    ]
    assert share("hotline.resolution.rate", "work", *told) == (1, 2)
    facts = judged("hotline.resolution.rate", "work", *told)
    assert valued("hotline.resolution.rate", facts, restated=True).reading.numerator == 2
    assert share("hotline.dispatch.rate", "work", *told) == (1, 2)


@pytest.mark.parametrize(
    ("definition", "counts"),
    [("six_causes", 1), ("six_items", None), ("casualty_or_loss", 0), ("ruled", 1)],
)
def test_c168_an_incident_counts_by_the_ruling_of_each_letters_own_set(definition: str, counts: int | None) -> None:
    """A ruling by a letter's set says nothing to a letter with another one, and a later ruling replaces it."""
    ruled = {"level": "major", "by_dereliction": True, "casualties": 0, "ruled_at": at("03-20T09:00:00")}
    told = [
        Told("incident.declared.v1", {"number": "I1", "event": "fire", "happened_at": at("03-07T09:00:00")}),
        Told("incident.ruled.v1", {**ruled, "definition_set": "T000", "event_class": "none", "loss_fen": 0}),
        Told("incident.ruled.v1", {**ruled, "definition_set": "T000", "event_class": "fire", "loss_fen": 0}),
        Told(
            "incident.ruled.v1",
            {**ruled, "definition_set": "T003G", "event_class": "property_over_100k", "loss_fen": 10_000_000},
        ),
    ]
    assert share("incident.major.count", "incident", *told, definition=definition)[0] == counts
    assert share("incident.fire.major.count", "incident", *told)[0] == 1
    assert share("incident.major.count", "incident", *told[:1], definition="six_causes")[0] is None


def test_an_incident_ruled_after_the_quarter_enters_by_restatement() -> None:
    """AMB-109."""
    ruled = {"definition_set": "T000", "event_class": "fire", "level": "major", "by_dereliction": True}
    told = [
        Told("incident.declared.v1", {"number": "I1", "event": "fire", "happened_at": at("03-31T23:00:00")}),
        Told("incident.ruled.v1", {**ruled, "loss_fen": 0, "casualties": 0, "ruled_at": at("04-10T09:00:00")}),
    ]
    facts = judged("incident.major.count", "incident", *told, definition="six_causes")
    assert valued("incident.major.count", facts).reading.state == "no_data"
    assert valued("incident.major.count", facts, restated=True).reading.value == 1


def test_a186_a_day_told_missed_is_made_up_for_by_a_patrol_told_late() -> None:
    day = {"day": "2025-03-07"}
    told = [Told("patrol.recorded.v1", {**day, "whole": False}), Told("patrol.missed.v1", day)]
    assert share("park.patrol.daily.rate", "patrol_day", *told[:1]) == (None, None)
    assert share("park.patrol.daily.rate", "patrol_day", *told) == (0, 1)
    late = [Told("patrol.recorded.v1", {**day, "whole": True}), Told("patrol.made_up.v1", day)]
    assert share("park.patrol.daily.rate", "patrol_day", *told, *late, *late) == (1, 1)


def test_a219_gaps_at_the_front_desk_as_they_were_told_last() -> None:
    gap = {"start": at("03-07T09:00:00"), "end": at("03-07T09:20:00")}
    told = {"post_id": "p1", "post": "frontdesk", "day": "2025-03-07", "minutes": 20, "gaps": [gap]}
    other = {**told, "post_id": "p2", "post": "gate"}
    events = [Told("roster.gap.v1", told), Told("roster.gap.v1", other)]
    assert share("frontdesk.gap.count", "post_day", *events)[0] == 1
    covered = Told("roster.gap.v1", {**told, "minutes": 0, "gaps": []})
    assert share("frontdesk.gap.count", "post_day", *events, covered)[0] == 0


@pytest.mark.parametrize(("mark", "least", "met"), [(80, "80", 1), (79, "80", 0), (79, "70", 1)])
def test_amb111_satisfied_is_eighty_or_more_or_what_the_letter_chose(mark: int, least: str, met: int) -> None:
    answer = {"period": "2025-Q1", "marks": {f"d{n}": mark for n in range(8)}}
    assert measured("customer.satisfaction.rate", answer, satisfied_from=least).reading.numerator == met


def test_c261_amb069_a_measure_sent_back_at_its_first_check_did_not_pass_whatever_follows() -> None:
    def told(step: str, day: int, number: int, kind: str = "improvement") -> Told:
        data = {"number": f"T{number}", "kind": kind, "assignee_id": str(UUID(int=9)), "due_on": "2025-03-31"}
        return Told(f"work_task.{step}.v1", data, UUID(int=number), datetime(2025, 3, day, 1, tzinfo=UTC))

    events = [told("assigned", 1, n) for n in (1, 2)] + [told("assigned", 1, 3, "important")]
    events += [told("reported", 5, n) for n in (1, 2)] + [told("confirmed", 6, 1), told("returned", 6, 2)]
    events += [told("reported", 9, 2), told("confirmed", 10, 2), told("returned", 7, 3, "important")]
    facts = judged("improvement.firstpass.rate", "work_task", *events)
    assert [(fact.verdict, fact.on.day) for fact in facts] == [("passed", 6), ("sent_back", 6)]
    assert valued("improvement.firstpass.rate", facts, "2025-03").reading.value == 50
    letter = scored({"improvement.firstpass.rate": {"value": "97.99"}}, period="2025", template="T004E1")
    assert item(letter, "improvement.firstpass.rate")["state"] == "missed"
