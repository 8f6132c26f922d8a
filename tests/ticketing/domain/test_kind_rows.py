"""What single kinds promise, row by row of the catalogue, by the domain alone."""

from __future__ import annotations

import itertools
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args, get_type_hints
from uuid import uuid4

import pytest
from pydantic import TypeAdapter

from services.ticketing.domain.actors import actors_of, check_actor, check_major
from services.ticketing.domain.clocks import due_of, reconcile
from services.ticketing.domain.commands import apply, next_state
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.incident_classes import SETS
from services.ticketing.domain.kind import Step, TicketKind, clock_specs, kinds
from services.ticketing.domain.kinds.incident import is_major_loss
from services.ticketing.domain.limits import wall
from services.ticketing.domain.packs import kinds_of
from services.ticketing.domain.plans import SHIPPED, Plan
from services.ticketing.domain.ticket_errors import (
    MajorByDecision,
    NotMajor,
    NotNow,
    NotYourDeed,
    OwnCase,
    TicketInvalid,
)
from tests.ticketing.domain.play import RECEIVED, Case, run
from tests.ticketing.kinds.walk import FIELDS, INTAKE

M, H, D = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HAZARD, INCIDENT, COMPLAINT = kinds()["hazard"], kinds()["incident"], kinds()["complaint"]


def at(kind: TicketKind, state: str, **more: Any) -> Facts:
    return Facts(state, RECEIVED, **more)


def limited(code: str, minutes: int) -> Plan:
    return replace(SHIPPED, limits={code: wall(minutes=minutes)})


def topics(kind: str, name: str = "topic") -> set[str]:
    return set(get_args(get_type_hints(kinds()[kind].fields)[name]))


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda k: k.code)
def test_nothing_outside_a_kind_s_table_is_possible(kind: TicketKind) -> None:
    for state, action in itertools.product(kind.states, {a for k in kinds().values() for a in k.moves}):
        after = kind.moves.get(action, {}).get(state.code)
        if after is None and (action in kind.moves or kind.deed(action)):
            with pytest.raises(NotNow):
                next_state(kind, state.code, action)
        elif after is not None:
            assert next_state(kind, state.code, action) == after


@pytest.mark.parametrize(
    ("code", "row", "kept", "more"),
    [
        ("affair.handle.now", "B-003", {"completed_at"}, {}),
        ("affair.transfer", "B-004", {"dispatched_at"}, {}),
        ("inquiry.reply", "B-026", {"responded_at"}, {}),
        ("channel.reply", "B-027", {"replied_at"}, {"channel": "email"}),
        ("record.review", "B-033", {"reviewed_at"}, {}),
        ("hotline.dispatch", "B-024", {"dispatched_at"}, {}),
        ("repair.home.visit", "B-023", {"arrived_at"}, {}),
        ("account.change.limit", "B-025", {"completed_at"}, {"fields": {"business": "rename"}}),
        ("incident.aftermath", "B-034", {"followed_up_at"}, {}),
        ("hazard.report.now", "B-036", {"registered_at"}, {}),
        ("emergency.act", "B-038", {"reported_at"}, {}),
        ("hazard.rectify.now", "B-039", {"completed_at"}, {"fields": {"found_in": "home_inspection"}}),
        ("incident.onsite.command", "B-040", {"arrived_at"}, {"fields": {"commander_id": str(uuid4())}}),
        ("emergency.response", "B-064", {"arrived_at"}, {}),
        ("violation.renovation.stop", "B-035", {"stopped_at"}, {}),
        ("violation.renovation.notice", "B-035", {"notice_at"}, {"fields": {"violation": "structure"}}),
        (
            "violation.renovation.report",
            "B-035",
            {"authority_told_at"},
            {"fields": {"violation": "structure", "effective": False}},
        ),
        ("complaint.major.timeliness", "B-012", {"gm_handled_at"}, {"major": True}),
        ("suggestion.feedback", "C-035", {"fed_back_at"}, {}),
        ("need.understand", "C-264", {"understood_at"}, {}),
        ("need.follow", "C-264", {"followed_up_at"}, {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_limit_that_a_policy_sets_is_kept_to_the_second(
    code: str, row: str, kept: set[str], more: dict[str, Any]
) -> None:
    spec = clock_specs()[code]
    assert spec.row == row
    plan = replace(SHIPPED, limits=dict.fromkeys(spec.limits, wall(minutes=10)))
    waiting = Facts("x", RECEIVED, **more)
    assert due_of(spec, waiting, plan) == RECEIVED + 10 * M
    for late in (0, 1):
        told = RECEIVED + 10 * M + timedelta(seconds=late)
        (name,) = kept
        if name in {f.name for f in fields(Facts)}:
            done = replace(waiting, **{name: told})
        else:
            done = replace(waiting, fields={**waiting.fields, name: told.isoformat()})
        clock, _ = reconcile(spec, None, done, told, plan)
        assert clock is not None and clock.state == ("breached" if late else "met")


def test_b027_each_channel_is_answered_within_a_limit_of_its_own() -> None:
    spec = clock_specs()["channel.reply"]
    plan = replace(SHIPPED, limits={"channel.reply.chat": wall(minutes=2), "channel.reply.email": wall(hours=4)})
    chat, mail = (Facts("x", RECEIVED, channel=channel) for channel in ("chat", "email"))
    assert (due_of(spec, chat, plan), due_of(spec, mail, plan)) == (RECEIVED + 2 * M, RECEIVED + 4 * H)
    for quiet in ("phone", "app"):
        assert reconcile(spec, None, Facts("x", RECEIVED, channel=quiet), RECEIVED + D, plan) == (None, ())


def test_b023_amb116_users_of_gas_and_heating_are_visited_as_promptly_as_any_repair() -> None:
    spec = clock_specs()["repair.home.visit"]
    agreed = RECEIVED + 6 * H
    assert due_of(spec, Facts("x", RECEIVED)) == RECEIVED + D
    assert due_of(spec, Facts("x", RECEIVED, appointment=agreed)) == agreed
    assert due_of(spec, Facts("x", RECEIVED, appointment=agreed, urgency="urgent")) == RECEIVED + 30 * M
    assert all(spec in kinds()[code].clocks for code in ("gas_repair", "heating_repair"))


def test_c037_a_courtesy_fault_is_named_on_its_complaint() -> None:
    assert topics("complaint", "courtesy") == {"", "rude_words", "no_smile", "quarrel", "unequal_treatment"}


def test_b064_an_alarm_is_answered_in_five_minutes_and_never_paused() -> None:
    kind = kinds()["emergency"]
    assert due_of(clock_specs()["emergency.response"], at(kind, "received")) == RECEIVED + 5 * M
    assert kind.urgent and "pause" not in kind.moves and not any(c.pausable for c in kind.clocks)


def test_b025_only_changes_of_an_account_have_a_service_limit() -> None:
    spec = clock_specs()["account.change.limit"]
    assert spec.which(at(kinds()["water_counter"], "received", fields={"business": "new_connection"})) is None


def test_c040_c041_c293_inquiries_and_suggestions_are_kinds_beside_complaints() -> None:
    assert {"property", "rules", "fees"} <= topics("inquiry")
    assert {"inquiry", "complaint", "suggestion"} <= kinds().keys()


def test_c043_b027_an_email_is_answered_by_email() -> None:
    inquiry = kinds()["inquiry"]
    asked = at(inquiry, "received", channel="email")
    called = apply(inquiry, asked, "reply", RECEIVED + M, {"channel": "phone", "text": "x"})
    assert called.responded_at == RECEIVED + M and called.time("replied_at") is None
    mailed = apply(inquiry, called, "reply", RECEIVED + H, {"channel": "email", "text": "x"})
    assert mailed.responded_at == RECEIVED + M and mailed.time("replied_at") == RECEIVED + H


def test_c042_a_hotline_case_is_tracked_until_it_is_done_by_whoever_it_was_given_to() -> None:
    for code in ("hotline", "water_hotline"):
        kind = kinds()[code]
        with pytest.raises(NotNow):
            next_state(kind, "received", "complete")
        assert next_state(kind, "in_progress", "track") == "in_progress"
        assert next_state(kind, "completed", "track") == "completed"


def test_c044_no_gas_transaction_without_the_safety_notice() -> None:
    gas = kinds()["gas_counter"]
    assert {"account_opening", "card_recharge", "payment", "pipe_change", "meter_move"} <= topics(
        "gas_counter", "business"
    )
    with pytest.raises(NotNow):
        next_state(gas, "received", "complete")
    assert next_state(gas, "received", "tell-safety-notice") == "in_progress"
    assert next_state(gas, "in_progress", "complete") == "completed"


def test_c045_a_new_user_s_data_are_passed_on() -> None:
    water = kinds()["water_counter"]
    (gate,) = water.gates
    assert gate.row == "C-045" and gate.met(at(water, "completed")) is None
    passed = apply(water, at(water, "completed"), "hand-over-data", RECEIVED + H, {"to_department": "收费队"})
    assert gate.met(passed) == RECEIVED + H


def test_c034_goods_and_returns_belong_to_the_retail_pack() -> None:
    assert topics("retail_return", "wants") == {"return", "exchange", "refund"}
    assert {"quality", "price", "expired"} <= topics("goods_complaint", "problem")
    assert not {"retail_return", "goods_complaint"} & {k.code for k in kinds_of([])}
    assert {"retail_return", "goods_complaint"} <= {k.code for k in kinds_of(["retail"])}


def test_c264_a_need_is_understood_before_it_is_followed_and_followed_before_it_is_done_with() -> None:
    kind = kinds()["customer_need"]
    assert next_state(kind, "received", "understand") == "understood"
    for state, action in (("received", "follow"), ("received", "complete"), ("understood", "complete")):
        with pytest.raises(NotNow):
            next_state(kind, state, action)
    assert next_state(kind, "understood", "follow") == "following"
    assert next_state(kind, "following", "complete") == "completed"
    assert next_state(kind, "closed", "reopen") == "following"  # what was wanted for good is wanted again


def test_c035_c292_a_suggestion_goes_to_its_department_before_it_is_answered() -> None:
    suggestion = kinds()["suggestion"]
    assert next_state(suggestion, "received", "dispatch") == "relayed"
    with pytest.raises(NotNow):
        next_state(suggestion, "received", "feed-back")
    assert next_state(suggestion, "relayed", "feed-back") == "fed_back"


def test_c295_a_dispute_is_done_when_somebody_coordinated_it() -> None:
    with pytest.raises(NotNow):
        next_state(kinds()["dispute"], "received", "complete")
    assert next_state(kinds()["dispute"], "received", "mediate") == "in_progress"


def test_c297_requests_name_the_service_and_c299_dissatisfaction_goes_first() -> None:
    assert {"certificate", "parking"} <= topics("service_request", "service")
    assert kinds()["dissatisfaction"].urgent and not kinds()["service_request"].urgent


def test_c010_no_repair_is_done_that_was_not_ordered() -> None:
    repair = kinds()["repair"]
    with pytest.raises(NotNow):
        next_state(repair, "received", "complete")
    assert next_state(repair, "dispatched", "complete") == "completed"


def test_c016_c024_the_supervisor_leads_a_complaint_and_the_department_handles_it() -> None:
    led = {s.code: s.role for s in COMPLAINT.states if not s.final}
    assert set(led.values()) == {"clerk", "supervisor"} and led["received"] == "clerk"
    assert next_state(COMPLAINT, "planned", "complete") == "handled"


def test_c030_c033_topics_with_targets_of_their_own_are_kept_apart() -> None:
    assert {"service_attitude", "staff_initiative", "service_quality", "security"} <= topics("complaint")
    flags = {f.name for f in fields(COMPLAINT.fields)}
    assert {"collective", "media_exposed"} <= flags


# --- Major complaints: AMB-035, B-012, C-027, C-028, D-004, D-007, AMB-105


def test_amb035_d004_the_gm_raises_quality_assurance_lowers_and_nobody_classifies_it_away() -> None:
    assert actors_of(COMPLAINT, "raise-major") == {"gm"}
    assert actors_of(COMPLAINT, "lower-major") == {"qa"}
    with pytest.raises(NotYourDeed) as refused:
        check_actor(COMPLAINT, "lower-major", {"gm"})
    assert "qa" in refused.value.sentence("en")
    raised = apply(COMPLAINT, at(COMPLAINT, "received"), "raise-major", RECEIVED + M, {"reason": "群体维权"})
    assert raised.major
    with pytest.raises(MajorByDecision):
        check_major(COMPLAINT, raised, {"major": False})
    check_major(COMPLAINT, raised, {"major": True, "complex": True})
    lowered = apply(COMPLAINT, raised, "lower-major", RECEIVED + H, {"reason": "个案"})
    assert not lowered.major
    with pytest.raises(NotMajor):
        apply(COMPLAINT, lowered, "lower-major", RECEIVED + 2 * H, {"reason": "个案"})


def test_b012_the_gm_has_the_day_from_the_hour_in_which_it_was_first_called_major() -> None:
    steps = (
        Step("propose-major", 30 * H, args={"reason": "联名"}),
        Step("raise-major", 40 * H, args={"reason": "联名"}),
        Step("handle-major", 54 * H, args={"record": "已接待业主代表"}),
    )
    case = run(COMPLAINT, steps, 60 * H)
    assert case.clocks["complaint.major.timeliness"].due_at == RECEIVED + 54 * H
    assert case.states()["complaint.major.timeliness"] == "met"
    late = run(COMPLAINT, steps[:2], 60 * H)
    assert late.states()["complaint.major.timeliness"] == "breached"


def test_c027_c028_d007_the_gm_handles_major_complaints_and_coordinates_departments() -> None:
    for deed in ("handle-major", "coordinate"):
        assert actors_of(COMPLAINT, deed) == {"gm"}


# --- Hazards: C-151 … C-156, C-163, B-029, G-017, G-018, AMB-043, AMB-098


def test_c151_b029_the_register_wants_a_deadline_that_can_be_kept() -> None:
    found = at(HAZARD, "found", fields={"level": "2"})
    with pytest.raises(NotNow):
        next_state(HAZARD, "found", "complete")
    with pytest.raises(TicketInvalid):
        apply(HAZARD, found, "register", RECEIVED + H, {"deadline": RECEIVED + H})
    entered = apply(HAZARD, found, "register", RECEIVED + H, {"deadline": RECEIVED + D})
    assert entered.state == "registered" and entered.deadline == RECEIVED + D
    assert due_of(clock_specs()["nonconformity.deadline"], entered) == RECEIVED + D


def test_b029_a_deadline_agreed_for_one_hazard_is_no_option_that_a_later_plan_takes_away() -> None:
    since = replace(SHIPPED, since=RECEIVED + 2 * H)
    entered = at(HAZARD, "registered", deadline=RECEIVED + D)
    clock, _ = reconcile(clock_specs()["nonconformity.deadline"], None, entered, RECEIVED + 3 * H, since)
    assert clock is not None and clock.due_at == RECEIVED + D


def test_c152_c153_c154_c163_amb043_what_rates_are_counted_by() -> None:
    assert topics("hazard", "level") == {"1_leak", "1", "2", "3"}
    assert topics("hazard", "party") == {"company", "user"}
    assert {"flueless_water_heater", "rubber_hose_over_3_years", "riser"} <= topics("hazard", "appliance")
    assert topics("hazard", "line") == {"", "yellow", "red"}


def test_c155_whoever_rectified_does_not_find_it_in_order() -> None:
    engineer = uuid4()
    rectified = at(HAZARD, "rectified", completed_at=RECEIVED + H, handler_id=engineer)
    for deed in ("verify", "send-back"):
        with pytest.raises(OwnCase):
            apply(HAZARD, rectified, deed, RECEIVED + D, {"reason": "x"}, actor_id=engineer)
    verified = apply(HAZARD, rectified, "verify", RECEIVED + D, {}, actor_id=uuid4())
    assert verified.state == "verified" and verified.time("verified_at") == RECEIVED + D
    assert actors_of(HAZARD, "verify") == {"safety", "engineer"}
    sent = apply(HAZARD, rectified, "send-back", RECEIVED + D, {"reason": "松动"}, actor_id=uuid4())
    assert sent.state == "rectifying" and sent.completed_at is None and sent.rounds == 2


def test_g017_g018_c156_a_hazard_is_corrected_with_a_reason_and_never_taken_back() -> None:
    assert not {"cancel", "close"} & HAZARD.moves.keys()
    assert not {"cancelled"} & {s.code for s in HAZARD.states}
    reader = TypeAdapter(HAZARD.deed("correct").fields)
    with pytest.raises(ValueError, match="reason"):
        reader.validate_python({"level": "3"})
    for state in HAZARD.states:
        before = at(HAZARD, state.code, fields={"level": "1_leak", "party": "user"})
        after = apply(HAZARD, before, "correct", RECEIVED + H, {"level": "3", "reason": "误判"})
        assert (after.state, after.fields) == (state.code, {"level": "3", "party": "user"})


def test_amb098_events_of_a_hazard_say_when_it_was_found() -> None:
    for action in ("create", "complete", "verify"):
        type, data = HAZARD.tells[action]
        assert data(at(HAZARD, "found", fields={"level": "2"}))["found_at"] == RECEIVED, type


# --- Incidents: C-165 … C-183, B-034, B-038, B-040, AMB-042, G-019


@pytest.mark.parametrize(
    ("row", "definition_set", "event_class"),
    [
        ("C-165", "T000", "employee_death"),
        ("C-166, C-167", "T000", "property"),
        ("C-168", "T000", "fire"),
        ("C-169", "T000", "vice"),
        ("C-170", "T000", "vicious_security"),
        ("C-171", "T000", "mass_desertion"),
        ("C-172", "T001P", "flood"),
        ("C-173", "T001P", "owner_casualty"),
        ("C-174", "T004C", "owner_injury"),
        ("C-175", "T003G", "property_over_100k"),
        ("C-183", "T001H", "safety_event"),
        ("C-182", "T001F", "accident"),
    ],
)
def test_a_ruling_names_a_class_of_one_letter_s_set(row: str, definition_set: str, event_class: str) -> None:
    assert event_class in SETS[definition_set], row
    ruling = {**FIELDS["rule"], "definition_set": definition_set, "event_class": event_class}
    after = apply(INCIDENT, at(INCIDENT, "investigated"), "rule", RECEIVED + D, ruling)
    assert after.state == "ruled" and after.fields["event_class"] == event_class


def test_c165_sets_are_never_merged() -> None:
    assert "vice" not in SETS["T001P"] and "flood" not in SETS["T000"]  # C-172
    for wrong in (
        {"definition_set": "T999"},
        {"definition_set": "T001P", "event_class": "vice"},
        {"definition_set": "T000", "event_class": "none"},
        {"loss_fen": -1},
    ):
        with pytest.raises(TicketInvalid):
            apply(INCIDENT, at(INCIDENT, "investigated"), "rule", RECEIVED + D, {**FIELDS["rule"], **wrong})
    assert actors_of(INCIDENT, "rule") == {"qa", "gm"}
    handler = uuid4()
    theirs = at(INCIDENT, "investigated", assignee_id=handler)
    with pytest.raises(OwnCase):
        apply(INCIDENT, theirs, "rule", RECEIVED + D, FIELDS["rule"], actor_id=handler)


def test_c176_a_major_loss_is_more_than_200000_yuan() -> None:
    assert not is_major_loss(at(INCIDENT, "ruled", fields={"loss_fen": 20_000_000}))
    assert is_major_loss(at(INCIDENT, "ruled", fields={"loss_fen": 20_000_001}))


def test_amb042_c182_c183_an_event_lies_below_an_accident() -> None:
    level = get_args(get_type_hints(INCIDENT.deed("rule").fields)["level"])
    assert level == ("none", "event", "general", "major", "extra_major")


def test_c177_to_c181_reported_commanded_investigated_and_answered_by_measures() -> None:
    # C-177, C-178, C-179, C-180, C-181
    case = Case.taken_in(INCIDENT, fields={"event": "fire"}, urgency="urgent")
    first, second = str(uuid4()), str(uuid4())
    for step in (
        Step("report", M, args=FIELDS["report"]),
        Step("arrive", 5 * M),
        Step("take-command", 5 * M, args={"commander_id": first}),
        Step("take-command", 9 * M, args={"commander_id": second}),
        Step("contain", H),
        Step("investigate", D, args=FIELDS["investigate"]),
        Step("rule", 2 * D, args=FIELDS["rule"]),
        Step("set-measures", 3 * D, args=FIELDS["set-measures"]),
        Step("finish", 9 * D),
    ):
        case.do(step)
    told = case.facts.fields
    assert case.facts.state == "closed" and told["commander_id"] == second
    assert told["accountability"] == "约谈" and told["cause"] == "老化" and told["plan_followed"] is False
    assert case.facts.time("reported_at") == RECEIVED + M


def test_g019_the_plan_goes_on_and_the_record_comes_later() -> None:
    case = Case.taken_in(INCIDENT, fields=INTAKE["incident"], urgency="urgent")
    case.do(Step("contain", 40 * M, told_after=9 * H))
    case.do(Step("arrive", 8 * M, told_after=9 * H))
    case.do(Step("report", 2 * M, told_after=9 * H, args=FIELDS["report"]))
    assert case.facts.state == "contained" and case.facts.arrived_at == RECEIVED + 8 * M


def test_c042_b024_what_an_authority_passed_on_is_due_when_it_wants_it() -> None:
    spec = clock_specs()["authority.deadline"]
    deadline = datetime(2025, 3, 10, 4, 0, tzinfo=UTC)
    assert spec.which(at(COMPLAINT, "received")) is None
    assert due_of(spec, at(COMPLAINT, "received", authority_deadline=deadline)) == deadline
    assert all(spec in k.clocks for k in kinds().values() if k.code not in ("incident", "emergency"))
