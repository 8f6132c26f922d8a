"""The state graph, who may not do what, late entry, numbers and what a signature covers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.ticketing.domain import signatures
from services.ticketing.domain.commands import apply, not_before
from services.ticketing.domain.facts import Facts, changed
from services.ticketing.domain.kind import kinds
from services.ticketing.domain.late_entry import entry_time
from services.ticketing.domain.numbers import counter, number
from services.ticketing.domain.ratings import satisfied
from services.ticketing.domain.ticket_errors import (
    AlreadyRated,
    AlreadyRecorded,
    DeadlineAgreed,
    NotComplex,
    NotNow,
    OwnCase,
    TicketInvalid,
)

COMPLAINT, REPAIR = kinds()["complaint"], kinds()["repair"]
NOW = datetime(2025, 3, 7, 1, 0, tzinfo=UTC)
M = timedelta(minutes=1)
ENGINEER, CLERK = UUID(int=1), UUID(int=2)


def test_a_refusal_names_the_state_and_what_is_possible() -> None:
    with pytest.raises(NotNow) as refused:
        apply(COMPLAINT, Facts("received", NOW), "complete", NOW, {}, number="C20250307-0001")
    assert "已受理" in refused.value.sentence("zh") and "响应" in refused.value.sentence("zh")
    assert "C20250307-0001" in refused.value.sentence("en") and "responded to" in refused.value.sentence("en")


@pytest.mark.parametrize("state", ["received", "responded", "on_site", "planned", "closed", "cancelled"])
def test_d085_an_unhandled_complaint_cannot_be_signed(state: str) -> None:
    with pytest.raises(NotNow):
        apply(COMPLAINT, Facts(state, NOW), "sign", NOW, {})


def test_amb105_a_refused_signature_keeps_the_case_open() -> None:
    before = Facts("handled", NOW, completed_at=NOW, handler_id=ENGINEER, result="done", rating=50)
    after = apply(COMPLAINT, before, "refuse-signature", NOW, {})
    assert (after.state, after.closed_at, after.completed_at, after.rating, after.rounds) == (
        "reopened",
        None,
        None,
        None,
        2,
    )
    again = apply(COMPLAINT, after, "complete", NOW + M, {"result": "really done"})
    assert (again.state, again.completed_at, again.rounds) == ("handled", NOW + M, 2)


def test_b011_the_signature_closes() -> None:
    after = apply(COMPLAINT, Facts("handled", NOW, completed_at=NOW), "sign", NOW + M, {})
    assert (after.state, after.signed_at, after.closed_at) == ("closed", NOW + M, NOW + M)


@pytest.mark.parametrize("action", ["rate", "rule-validity"])
@pytest.mark.parametrize("who", ["handler_id", "assignee_id"])
def test_the_handler_neither_rates_nor_rules(action: str, who: str) -> None:
    # C-054, AMB-084
    facts = Facts("handled", NOW, completed_at=NOW, **{who: ENGINEER})
    args = {"score": 90, "valid": True}
    with pytest.raises(OwnCase):
        apply(COMPLAINT, facts, action, NOW, args, actor_id=ENGINEER)
    apply(COMPLAINT, facts, action, NOW, args, actor_id=CLERK)


def test_the_engineer_of_the_slip_is_the_handler_not_who_types_it() -> None:  # C-006
    facts = Facts("dispatched", NOW, assignee_id=ENGINEER)
    assert apply(REPAIR, facts, "complete", NOW, {}, actor_id=CLERK).handler_id == ENGINEER
    assert apply(REPAIR, Facts("dispatched", NOW), "complete", NOW, {}, actor_id=CLERK).handler_id == CLERK


def test_amb111_satisfied_from_80() -> None:
    assert [satisfied(s) for s in (0, 79, 80, 100)] == [False, False, True, True]
    rated = apply(COMPLAINT, Facts("handled", NOW, completed_at=NOW), "rate", NOW, {"score": 80})
    assert (rated.rating, rated.satisfied, rated.state) == (80, True, "handled")
    with pytest.raises(AlreadyRated):
        apply(COMPLAINT, rated, "rate", NOW, {"score": 100})


def test_only_an_earlier_proof_is_worth_telling_twice() -> None:
    facts = Facts("responded", NOW, responded_at=NOW + 5 * M)
    with pytest.raises(AlreadyRecorded):
        apply(COMPLAINT, facts, "respond", NOW + 5 * M, {})
    assert apply(COMPLAINT, facts, "respond", NOW + 4 * M, {}).responded_at == NOW + 4 * M


def test_after_the_end_only_the_past_can_be_told() -> None:
    facts = Facts("closed", NOW, closed_at=NOW + 60 * M)
    assert apply(COMPLAINT, facts, "respond", NOW + M, {}).state == "closed"
    with pytest.raises(TicketInvalid):
        apply(COMPLAINT, facts, "respond", NOW + 61 * M, {})


def test_b010_deadlines_are_agreed_once_for_complex_complaints_and_lie_ahead() -> None:
    later = NOW + 60 * M
    with pytest.raises(NotComplex):
        apply(COMPLAINT, Facts("responded", NOW), "set-deadline", NOW, {"deadline": later})
    facts = Facts("responded", NOW, complex=True)
    with pytest.raises(TicketInvalid):
        apply(COMPLAINT, facts, "set-deadline", NOW, {"deadline": NOW})
    agreed = apply(COMPLAINT, facts, "set-deadline", NOW, {"deadline": later})
    assert changed(facts, agreed) == {"deadline": later, "deadline_set_at": NOW}
    with pytest.raises(DeadlineAgreed):
        apply(COMPLAINT, agreed, "set-deadline", NOW, {"deadline": later + M})


@pytest.mark.parametrize(
    ("minutes_ago", "reason", "field"),
    [
        (0, None, None),
        (15, None, None),  # the limit itself is not late
        (15.02, None, "late_reason"),
        (15.02, "  ", "late_reason"),
        (15.02, "电话记录", None),
        (-0.01, "来自未来", "occurred_at"),
    ],
)
def test_a_late_entry_wants_a_reason_and_the_future_is_refused(minutes_ago, reason, field) -> None:
    # C-001, B-018
    at = NOW - timedelta(minutes=minutes_ago)
    if field is None:
        assert entry_time(at, NOW, reason) == at
    else:
        with pytest.raises(TicketInvalid) as refused:
            entry_time(at, NOW, reason)
        assert refused.value.fields[0].path == field


def test_nothing_happens_before_its_cause() -> None:
    with pytest.raises(TicketInvalid):
        entry_time(NOW - M, NOW, None, not_before=NOW)
    handled = Facts("handled", NOW - 60 * M, completed_at=NOW)
    assert not_before(handled, "sign") == NOW
    assert not_before(handled, "respond") == NOW - 60 * M


def test_numbers_count_by_the_local_day() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert counter("R", datetime(2025, 3, 6, 16, 0, tzinfo=UTC), zone) == "R20250307"
    assert counter("R", datetime(2025, 3, 6, 15, 59, 59, tzinfo=UTC), zone) == "R20250306"
    assert number("R20250307", 12) == "R20250307-0012"
    assert number("R20250307", 12345) == "R20250307-12345"


def test_a_signature_is_bound_to_every_word_it_covers() -> None:
    case = {
        "org_id": UUID(int=7),
        "number": "C20250307-0001",
        "kind": "complaint",
        "community_id": UUID(int=8),
        "unit_id": None,
        "received_at": NOW,
        "summary": "电梯噪音",
        "detail": None,
        "plan_text": "更换导靴",
        "completed_at": NOW,
        "result": "已更换",
        "rounds": 1,
    }
    signed = signatures.document_hash(case)
    assert len(signed) == 64
    shanghai = case["received_at"].astimezone(ZoneInfo("Asia/Shanghai"))  # type: ignore[union-attr]
    assert signatures.document_hash({**case, "received_at": shanghai, "rating": 80}) == signed
    for name in signatures.SIGNED_FIELDS:
        assert signatures.document_hash({**case, name: "other"}) != signed
