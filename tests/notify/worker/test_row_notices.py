"""The notices that the catalogue of promises names: who hears of what, once, in words of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from services.notify.models import messages
from shared.ids import uuid7
from tests.notify.support import Feed
from tests.notify.worker.desk import Desk, desk_of
from tests.notify.worker.test_warnings import employee
from tests.support.world import World

MORNING = datetime.fromisoformat("2025-03-07T09:00:00+08:00")
AT = "2025-03-07T02:00:00Z"


@pytest.fixture
async def desk(
    world: World, org: UUID, monkeypatch: pytest.MonkeyPatch, standing: Callable[[datetime], Any]
) -> AsyncIterator[Desk]:
    standing(MORNING)
    async with desk_of(Feed(world.runtime("notify"), org), monkeypatch) as found:
        yield found


class Case:
    """A household's case, and an event of it."""

    def __init__(self, desk: Desk, home: tuple[UUID, UUID], kind: str) -> None:
        self.desk, self.home, self.kind = desk, home, kind

    async def tell(self, type: str, *, source: str = "ticketing", twice: bool = True, **data: Any) -> None:
        """It happened; heard twice it is told once."""
        about = {
            "number": "R20250307-0012",
            "kind": self.kind,
            "unit_id": str(self.home[0]),
            "reporter_id": str(self.home[1]),
            "ticket_id": str(uuid7()),
            **data,
        }
        event = self.desk.feed.event(f"{type}.v1", uuid7(), about, source=source)
        for _ in range(2 if twice else 1):
            await self.desk.feed.apply([event])

    async def told(self) -> list[tuple[UUID, str, str]]:
        """(person, template, class) of each message."""
        return [(m.person_id, m.template, m.message_class) for m in await self.desk.rows(messages)]


async def case_of(desk: Desk, kind: str = "repair") -> Case:
    return Case(desk, await desk.feed.household(), kind)


async def test_b019_c004_the_engineer_a_case_is_offered_to_is_told_at_once(desk: Desk) -> None:
    case, engineer = await case_of(desk), await employee(desk, "engineer", units=[desk.feed.community])
    await employee(desk, "supervisor", units=[desk.feed.community])
    await case.tell("order.offered", order_id=str(uuid7()), engineer_id=str(engineer), mode="assign")
    assert await case.told() == [(engineer, "order.offered", "warning")]


async def test_c005_the_desks_urging_reaches_whoever_has_the_case_and_else_whoever_leads(desk: Desk) -> None:
    case, lead = await case_of(desk), await employee(desk, "supervisor", units=[desk.feed.community])
    engineer = await employee(desk, "engineer", units=[desk.feed.community])
    await case.tell("ticket.chased", times=2, assignee_id=str(engineer))
    await case.tell("ticket.chased", times=3, assignee_id=None)
    assert await case.told() == [(engineer, "ticket.chased", "warning"), (lead, "ticket.chased", "warning")]


async def test_an_owner_who_urges_reaches_whoever_has_the_case(desk: Desk) -> None:
    case, engineer = await case_of(desk), uuid7()
    whom = {"level": 1, "role": "clerk", "org_units": [str(desk.feed.org)], "assignee_id": str(engineer)}
    await case.tell("ticket.urged", times=1, urged_at=AT, by_owner=True, **whom)
    assert [told[1] for told in await case.told()] == ["ticket.urged"]


async def test_b036_b044_c164_c271_whoever_answers_for_safety_hears_of_a_hazard_at_once(desk: Desk) -> None:
    case, safety = await case_of(desk, "hazard"), await employee(desk, "safety", units=[desk.feed.org])
    await employee(desk, "clerk", units=[desk.feed.community])
    await case.tell("hazard.opened", level="1", party="company", appliance="none", found_in="daily", found_at=AT)
    assert await case.told() == [(safety, "hazard.opened", "warning")]


async def test_b038_b040_the_commander_and_the_superior_hear_of_an_incident_at_once(desk: Desk) -> None:
    case = await case_of(desk, "incident")
    commander = await employee(desk, "cs_manager", units=[desk.feed.community])
    superior = await employee(desk, "project_manager", units=[desk.feed.org])
    await case.tell("incident.declared", event="fire", happened_at=AT)
    assert sorted(await case.told()) == sorted(
        [(commander, "incident.declared", "safety"), (superior, "incident.declared", "safety")]
    )


async def test_c027_the_general_manager_hears_of_a_major_complaint_and_of_no_other(desk: Desk) -> None:
    case, gm = await case_of(desk, "complaint"), await employee(desk, "gm", units=[desk.feed.org])
    await case.tell("ticket.classified", urgency="normal", complex=True, major=False)
    assert await case.told() == []
    await case.tell("ticket.classified", urgency="urgent", complex=True, major=True)
    assert await case.told() == [(gm, "ticket.raised", "warning")]


async def test_b030_c046_the_supervisor_hears_of_a_post_that_nobody_stood_at(desk: Desk) -> None:
    case, lead = await case_of(desk), await employee(desk, "supervisor", units=[desk.feed.community])
    post = {"post_id": str(uuid7()), "org_unit_id": str(desk.feed.org), "post": "front_desk", "day": "2025-03-06"}
    await case.tell("roster.gap", **post, minutes=0, gaps=[])  # a late record showed somebody
    await case.tell("roster.gap", **post, minutes=45, gaps=[])
    assert await case.told() == [(lead, "roster.gap", "desk")]
    [message] = await desk.rows(messages)
    assert "空岗 45 分钟" in message.body


async def test_c052_the_supervisor_hears_of_a_follow_up_call_that_was_not_made(desk: Desk) -> None:
    case, lead = await case_of(desk), await employee(desk, "supervisor", units=[desk.feed.community])
    await case.tell("revisit.overdue", revisit_id=str(uuid7()), due_at=AT)
    await case.tell("call.return_overdue", missed_at=AT, due_at=AT)
    assert await case.told() == [(lead, "revisit.overdue", "desk"), (lead, "call.return_overdue", "desk")]


async def test_c119_the_general_manager_is_asked_to_decide_about_a_surveys_report(desk: Desk) -> None:
    case, gm = await case_of(desk), await employee(desk, "gm", units=[desk.feed.org])
    await case.tell("survey.report_submitted", survey_id=str(uuid7()), period="2025-Q1", measures=4)
    assert await case.told() == [(gm, "survey.report_submitted", "desk")]


async def test_c060_b073_the_supervisor_hears_of_a_step_of_dunning_that_was_missed(desk: Desk) -> None:
    case, lead = await case_of(desk), await employee(desk, "supervisor", units=[desk.feed.community])
    step = {"step_id": str(uuid7()), "case_id": str(uuid7()), "payer_id": None, "period": "2025-03"}
    await case.tell("dunning.step_missed", source="billing", **{**step, "kind": "call", "due_at": AT})
    assert await case.told() == [(lead, "dunning.step_missed", "desk")]
    [message] = await desk.rows(messages)
    assert "电话跟进" in message.title


async def test_c116_a_survey_asks_each_household_of_its_scope_once(desk: Desk) -> None:
    homes = [await desk.feed.household(f"1-{n}") for n in range(3)]
    case = Case(desk, homes[0], "")
    units = [str(unit) for unit, _ in homes[:2]]
    survey = {"survey_id": str(uuid7()), "survey_type": "quarterly", "period": "2025-Q1", "unit_ids": units}
    await case.tell("survey.scope_listed", **survey)
    assert sorted(await case.told()) == sorted((owner, "survey.invited", "survey") for _, owner in homes[:2])


async def test_b035_c100_e025_whose_dwelling_it_is_hears_that_the_work_must_stop(desk: Desk) -> None:
    case = await case_of(desk, "renovation_violation")
    await case.tell("renovation.violation_found", reporter_id=str(uuid7()), violation="structure")
    assert await case.told() == [(case.home[1], "renovation.violation_found", "service")]


@pytest.mark.parametrize(
    ("type", "data", "says"),
    [
        ("ticket.appointment_set", {"appointment": AT, "was": None}, "10:00"),
        ("ticket.reopened", {"reopened_at": AT, "round": 2}, "重新打开"),
        ("ticket.paused", {"until": AT, "pause_id": str(uuid7()), "cause": "parts", "from": AT}, "暂缓"),
        ("ticket.rating_requested", {"requested_at": AT, "round": 1}, "评价"),
        ("slip.created", {"slip_id": str(uuid7()), "slip_number": "F1", "amount_fen": 8000, "done_at": AT}, "80.00 元"),
    ],
)
async def test_the_reporter_hears_of_each_step_of_the_case(
    desk: Desk, type: str, data: dict[str, Any], says: str
) -> None:
    case = await case_of(desk)
    await case.tell(type, **data)
    assert await case.told() == [(case.home[1], type, "service")]
    [message] = await desk.rows(messages)
    assert says in message.title + message.body


async def test_what_nobody_has_the_role_for_is_told_to_nobody_and_stops_nothing(desk: Desk) -> None:
    case = await case_of(desk)
    await case.tell("survey.report_submitted", survey_id=str(uuid7()), period="2025-Q1", measures=4)
    assert await case.told() == []


async def test_b009_c020_b010_c021_c298_whoever_complained_hears_plan_day_and_what_was_done(desk: Desk) -> None:
    case = await case_of(desk, "complaint")
    await case.tell("ticket.plan_sent", sent_at=AT)
    await case.tell("ticket.deadline_set", deadline="2025-03-14T10:00:00Z", set_at=AT)
    await case.tell("ticket.completed", completed_at=AT, handler_id=None)
    codes = ("ticket.plan_sent", "ticket.deadline_set", "ticket.completed")
    assert await case.told() == [(case.home[1], code, "service") for code in codes]


async def test_b005_the_supervisor_hears_of_a_case_that_went_to_a_department_and_to_nobody_in_it(desk: Desk) -> None:
    case, lead = await case_of(desk, "complaint"), await employee(desk, "supervisor", units=[desk.feed.community])
    await case.tell("ticket.dispatched", assignee_id=str(uuid7()), department="工程部")
    await case.tell("ticket.dispatched", assignee_id=None, department=None)
    assert [told for told in await case.told() if told[0] == lead] == []
    await case.tell("ticket.dispatched", assignee_id=None, department="工程部")
    assert [told for told in await case.told() if told[0] == lead] == [(lead, "ticket.passed_on", "warning")]


async def test_b046_b047_d052_security_hears_of_what_concerns_it_and_of_nothing_else(desk: Desk) -> None:
    case, guard = await case_of(desk, "incident"), await employee(desk, "security", units=[desk.feed.community])
    await case.tell("incident.declared", event="flood", happened_at=AT)
    assert await case.told() == []
    await case.tell("incident.declared", event="security", happened_at=AT)
    assert await case.told() == [(guard, "incident.declared", "safety")]


async def test_c177_c178_an_emergency_is_reported_up_and_to_whoever_commands(desk: Desk) -> None:
    case = await case_of(desk, "incident")
    people = {role: await employee(desk, role, units=[desk.feed.org]) for role in ("cs_manager", "project_manager")}
    await case.tell("incident.declared", event="gas", happened_at=AT)
    assert {told[0] for told in await case.told()} == set(people.values())


async def test_c119_whoever_has_a_measure_of_a_survey_is_urged(desk: Desk) -> None:
    case, somebody = await case_of(desk), await employee(desk, "engineer", units=[desk.feed.community])
    measure = {"survey_id": str(uuid7()), "survey_type": "quarterly", "measure_id": str(uuid7())}
    await case.tell(
        "survey.measure_assigned", **measure, period="2025-Q1", assignee_id=str(somebody), due_on="2025-04-30"
    )
    assert await case.told() == [(somebody, "survey.measure_assigned", "desk")]


async def test_b071_c061_e015_the_legal_department_hears_of_a_case_that_was_submitted(desk: Desk) -> None:
    case, lawyer = await case_of(desk), await employee(desk, "legal", units=[desk.feed.org])
    packet = {"packet_id": str(uuid7()), "case_id": str(uuid7()), "payer_id": None, "amount_fen": 386400}
    days = {"oldest_due": "2024-11-30", "due_from": "2025-03-01", "deadline": "2025-03-31", "on_time": True}
    await case.tell("legal.packet.submitted", source="billing", **packet, **days)
    assert await case.told() == [(lawyer, "legal.packet_submitted", "desk")]
    [message] = await desk.rows(messages)
    assert "3,864.00" in message.body


async def test_b102_c303_e035_whoever_receives_a_report_hears_that_it_is_there(desk: Desk) -> None:
    case, boss = await case_of(desk), await employee(desk, "project_manager", units=[desk.feed.org])
    report = {"form": "weekly", "period": "2025-W10", "due_on": "2025-03-10", "receiver_id": str(boss)}
    await case.tell("report.submitted", source="kpi", **report)
    assert await case.told() == [(boss, "report.submitted", "desk")]


async def test_b037_administration_hears_at_once_of_a_work_device_that_was_lost_or_damaged(desk: Desk) -> None:
    case, office = await case_of(desk), await employee(desk, "hr", units=[desk.feed.org])
    await employee(desk, "clerk", units=[desk.feed.community])
    await case.tell("store_item.lost", code="DJ-01", how="damaged", quantity=1, at=AT)
    assert await case.told() == [(office, "store_item.lost", "warning")]
    [message] = await desk.rows(messages)
    assert "DJ-01 损坏" in message.title


async def test_c129_whoever_leads_the_project_hears_of_a_training_that_was_held_and_of_no_other_task(
    desk: Desk,
) -> None:
    case, head = await case_of(desk), await employee(desk, "project_manager", units=[desk.feed.org])
    task = {"number": "RW1", "assignee_id": str(uuid7()), "superior_id": str(uuid7())}
    await case.tell("work_task.confirmed", source="kpi", **{**task, "kind": "plan"})
    assert await case.told() == []
    await case.tell("work_task.confirmed", source="kpi", **{**task, "kind": "training"})
    assert await case.told() == [(head, "work_task.training_held", "desk")]


async def test_c274_whoever_leads_customer_service_hears_of_a_law_that_changed_and_of_no_rule_of_the_house(
    desk: Desk,
) -> None:
    case, head = await case_of(desk), await employee(desk, "cs_manager", units=[desk.feed.org])
    issued = {"code": "GB 50348", "owner_id": str(uuid7()), "edition": 2, "was_due_on": None, "next_due_on": None}
    await case.tell("policy.issued", source="kpi", area="cs", **issued)
    assert await case.told() == []
    await case.tell("policy.issued", source="kpi", area="law", **issued)
    assert await case.told() == [(head, "policy.law_changed", "desk")]
