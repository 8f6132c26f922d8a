"""One letter of each document, scored from what the services told and, where none keeps the register yet, from
observations that a second person confirmed; closed, and recomputed to the digit.

T003S, the supervisor's quarter, is scored in `test_scorecards.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.kpi.catalogue import letters
from services.kpi.domain.settling import blanks, resolve
from services.kpi.scorecards.verify import verify
from shared.ids import uuid7
from tests.kpi.api.support import letter
from tests.kpi.api.test_observations import Desk
from tests.kpi.support import Feed, local, z
from tests.support.world import World

DAY = local(3, 7)
Seen = Mapping[str, Mapping[str, Any]]


def calls(feed: Feed) -> None:
    """Two calls within three rings, one after them, one that nobody answered."""
    for number, (answered, in_time) in enumerate([(True, True), (True, True), (True, False), (False, None)]):
        at, call = DAY + timedelta(minutes=number), uuid7()
        feed.tell("call.offered.v1", at, {"offered_at": z(at), "clerk_id": None, "person_id": None}, call)
        if answered:
            feed.tell("call.answered.v1", at, {"offered_at": z(at), "answered_at": z(at), "in_time": in_time}, call)
            feed.tell("call.handled.v1", at, {"affair": "at_once", "handled_at": z(at)}, call)
        else:
            feed.tell("call.missed.v1", at, {"offered_at": z(at), "outcome": "missed", "ended_at": z(at)}, call)


def visits(feed: Feed) -> None:
    """Two visitors, both seen to."""
    for number in range(2):
        at, visit = DAY + timedelta(hours=number), uuid7()
        feed.tell("visit.received.v1", at, {"received_at": z(at), "received_by": str(uuid7())}, visit)
        feed.tell("visit.handled.v1", at, {"affair": "transferred", "ticket_id": None, "handled_at": z(at)}, visit)


def fire(feed: Feed, definition_set: str = "T000") -> None:
    """A fire, ruled major and caused by dereliction."""
    incident, base = uuid7(), {"kind": "incident", "number": "I1", "unit_id": None, "reporter_id": None}
    feed.tell("incident.declared.v1", DAY, {**base, "event": "fire", "happened_at": z(DAY)}, incident)
    ruled = {"event_class": "fire", "level": "major", "by_dereliction": True, "loss_fen": 0, "casualties": 0}
    later = DAY + timedelta(days=3)
    ruled |= {"definition_set": definition_set, "ruled_at": z(later), "major_loss": False, "responsible_id": None}
    feed.tell("incident.ruled.v1", later, {**base, **ruled}, incident)


def repair(feed: Feed, arrives_after: timedelta, accepted: bool) -> None:
    """A repair that is not urgent, from its intake to the check of the work."""
    ticket, base = uuid7(), {"kind": "repair", "number": "R1", "unit_id": None, "reporter_id": None}
    due, there = DAY + timedelta(hours=24), DAY + arrives_after
    clocks = [{"clock": "repair.arrival", "due_at": z(due)}]
    feed.tell("ticket.created.v1", DAY, {**base, "urgency": "normal", "received_at": z(DAY), "clocks": clocks}, ticket)
    feed.tell("ticket.arrived.v1", there, {**base, "arrived_at": z(there)}, ticket)
    feed.tell("ticket.completed.v1", there, {**base, "completed_at": z(there), "handler_id": None}, ticket)
    checked = {"ticket_id": str(ticket), "accepted": accepted, "by": "owner", "round": 1, "checked_at": z(there)}
    feed.tell("ticket.accepted.v1", there, {**base, **checked}, ticket)


def complaint(feed: Feed, *, late: bool = False, major: bool = False, valid: bool = True, called: bool = True) -> None:
    """A complaint; whether it was answered late, raised to major, ruled valid, and followed up by a call."""
    ticket = feed.complaint(DAY, responds_after=timedelta(minutes=11 if late else 5), mark=90)
    base = {"kind": "complaint", "number": "C", "unit_id": None, "reporter_id": None}
    weight = {"urgency": "normal", "complex": False, "major": major}
    feed.tell("ticket.classified.v1", DAY + timedelta(hours=1), {**base, **weight}, ticket)
    feed.tell("ticket.validity_ruled.v1", DAY + timedelta(hours=2), {**base, "valid": valid}, ticket)
    done, due = DAY + timedelta(hours=30), DAY + timedelta(hours=68)
    clock = {"ticket_id": str(ticket), "clock": "revisit.48h", "due_at": z(due)}
    if called:
        reading = "met"
        told = {"revisit_id": str(uuid7()), "ticket_id": str(ticket), "outcome": "reached", "rating": None}
        readings = dict.fromkeys(("met_after_n", "exclude_after_n", "miss"), reading)
        told |= {"satisfied": None, "done_at": z(done), "on_time": True, "due_at": z(due), "readings": readings}
        feed.tell("revisit.done.v1", done, {**base, **told}, ticket)
    else:
        feed.tell("clock.breached.v1", due, {**base, **clock}, ticket)


def homes(feed: Feed, satisfied: int, of: int) -> None:
    """A survey in which so many of the households are satisfied."""
    units = [uuid7() for _ in range(of)]
    feed.survey(units, [(unit, [90 if n < satisfied else 60] * 8) for n, unit in enumerate(units)], "2025-Q1")


def dunned(feed: Feed) -> None:
    """Two debtors, one of whom was not called."""
    for number in range(2):
        step = {"case_id": str(uuid7()), "unit_id": str(uuid7()), "payer_id": None, "period": "2025-03"}
        sms = {**step, "step_id": str(uuid7()), "outcome": "sent", "on_time": True}
        feed.tell("dunning.sms.done.v1", DAY, sms, UUID(sms["step_id"]))
        if number:
            missed = {**step, "step_id": str(uuid7()), "kind": "call", "due_at": z(local(3, 20))}
            feed.tell("dunning.step_missed.v1", local(3, 21), missed, UUID(missed["step_id"]))


def several(*acts: Callable[[Feed], None]) -> Callable[[Feed], None]:
    def told(feed: Feed) -> None:
        for act in acts:
            act(feed)

    return told


DOCUMENTS: list[tuple[str, str, Callable[[Feed], None], Seen, str | None, dict[str, str], list[str]]] = [
    (
        "T000",
        "2025",
        several(calls, visits, fire, lambda feed: homes(feed, 9, 10)),
        {"sop.sampling.pass.rate": {"numerator": 46, "denominator": 50}},
        None,
        {
            "incident.major.count": "missed",
            "call.answer.rate": "missed",
            "customer.satisfaction.rate": "missed",
            "visit.reception.rate": "met",
            "sop.sampling.pass.rate": "met",
        },
        ["penalty", "penalty", "penalty"],
    ),
    (
        "T001Q",
        "2025-03",
        visits,
        {
            "gas.inspection.baseline": {"numerator": 946, "denominator": 1000},
            "violation.ticket.red.count": {"count": 1},
        },
        "105.00",
        {"gas.inspection.baseline": "met", "violation.ticket.red.count": "missed"},
        ["learning"],
    ),
    (
        "T002A",
        "2025-03",
        several(complaint, lambda feed: complaint(feed, called=False), lambda feed: complaint(feed, valid=False)),
        {"conduct.attire.violation.count": {"count": 2}},
        "0.00",
        {"conduct.attire.violation.count": "missed", "complaint.revisit.rate": "missed"},
        [],
    ),
    (
        "T002B",
        "2025-03",
        visits,
        {"score.quality.2.manners": {"count": 1}},
        "98.00",
        {"score.quality.2.manners": "missed"},
        [],
    ),
    (
        "T003G",
        "2025",
        several(
            lambda feed: complaint(feed, late=True, major=True), lambda feed: complaint(feed, major=True), complaint
        ),
        {
            "plan.annual.achievement.rate": {"numerator": 92, "denominator": 100},
            "customer.satisfaction.annual.rate": {"numerator": 883, "denominator": 1000},
            "training.coverage.rate": {"numerator": 93, "denominator": 100},
            "mgmt.core.turnover.rate": {"numerator": 12, "denominator": 100},
        },
        "61.30",
        {"complaint.major.timeliness.rate": "missed", "incident.major.count": "no_data"},
        [],
    ),
    (
        "T004A",
        "2025",
        several(calls, visits, dunned, complaint, lambda feed: homes(feed, 9, 10)),
        {},
        None,
        {
            "call.three_rings.rate": "missed",
            "affair.response.rate": "missed",
            "fee.dunning.rate": "missed",
            "dunning.missed.count": "missed",
            "complaint.revisit.rate": "met",
            "owner.satisfaction.rate": "met",
        },
        [],
    ),
    (
        "T004E0",
        "2025",
        several(
            complaint,
            fire,
            lambda feed: repair(feed, timedelta(hours=24), True),
            lambda feed: repair(feed, timedelta(hours=25), True),
        ),
        {"greening.intact.rate": {"numerator": 98, "denominator": 100}},
        None,
        {
            "complaint.handling.rate": "met",
            "complaint.revisit.rate": "met",
            "repair.timeliness.rate": "missed",
            "repair.pass.rate": "met",
            "incident.fire.major.count": "missed",
            "customer.satisfaction.rate": "not_measured",
            "greening.intact.rate": "met",
        },
        [],
    ),
    (
        "T004E1",
        "2025",
        several(lambda feed: complaint(feed, called=False), lambda feed: homes(feed, 19, 20)),
        {"greening.intact.rate": {"numerator": 97, "denominator": 100}},
        None,
        {
            "complaint.handling.rate": "met",
            "complaint.revisit.rate": "missed",
            "customer.satisfaction.rate": "met",
            "greening.intact.rate": "missed",
        },
        [],
    ),
    (
        "T004E2",
        "2025",
        lambda feed: repair(feed, timedelta(hours=2), False),
        {"house.intact.rate": {"numerator": 98, "denominator": 100}},
        None,
        {"repair.timeliness.rate": "met", "repair.pass.rate": "missed", "house.intact.rate": "met"},
        [],
    ),
    (
        "T004E3",
        "2025",
        lambda feed: fire(feed, "T001P"),
        {"vehicle.theft.count": {"count": 0}},
        None,
        {"incident.fire.major.count": "missed", "vehicle.theft.count": "met"},
        [],
    ),
]


@pytest.mark.parametrize(
    ("template", "period", "told", "seen", "total", "states", "follows"), DOCUMENTS, ids=[d[0] for d in DOCUMENTS]
)
async def test_a_letter_of_each_document_runs_from_what_happened_to_its_scorecard(
    api: httpx.AsyncClient,
    world: World,
    org: UUID,
    template: str,
    period: str,
    told: Callable[[Feed], None],
    seen: Seen,
    total: str | None,
    states: dict[str, str],
    follows: list[str],
) -> None:
    feed = Feed(world, org)
    feed.register()
    told(feed)
    await feed.apply()
    desk = Desk(api, world, feed)
    for indicator, reading in seen.items():
        await desk.seen(indicator, "gm", role="qa", **reading)
    open_ = blanks(letters()[template], resolve(letters()[template], {}))
    signed = await letter(
        api, world, feed, template=template, term="2025", parameters={spec.code: "90" for spec in open_}
    )
    closer = "qa" if template == "T000" else "gm"  # that letter is closed by the department that appraises
    body = {"letter_id": signed["id"], "period": period}
    answer = await api.post("/kpi/v1/scorecards", json=body, headers=world.token(closer, org))
    assert answer.status_code == 201, answer.text
    card = answer.json()
    found = {item["indicator"]: item["state"] for item in card["items"]}
    assert {code: found[code] for code in states} == states
    assert card["total"] == total
    assert [consequence["kind"] for consequence in card["consequences"]] == follows
    async with world.runtime("kpi").db.tx(org) as tx:
        proof = await verify(tx, UUID(card["id"]))
    assert (proof.ok, proof.differences) == (True, [])
