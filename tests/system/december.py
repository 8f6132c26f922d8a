"""What happens in the town in November and December 2025: told by the people whose work it is, through the gateway.

Ten homes of 100.00 m² at 2.00 yuan: a bill of 200.00 each month. `Played` keeps the ids of what happened, so that a
line of a scorecard can be led back to its cases.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.system.town import Town, local, phone, z

HOMES = 10
START = "2025-11-20 08:00"
DAY = "2025-12-03"
DIMENSIONS = (
    "service_attitude",
    "repair_timeliness",
    "environment_cleanliness",
    "greening",
    "security",
    "facility_upkeep",
    "communication",
    "community_activities",
)
# Of the six complaints of the day: the late one, the two made major, the one ruled not valid, and so on.
LATE, MAJOR, NOT_VALID, NOT_CALLED, UNHAPPY = 0, (0, 1), 4, 3, 5
COMPLAINTS = range(6)
# The month's debtors are the last two homes: one is called and pays, the other is forgotten.
CALLED, FORGOTTEN = 8, 9
T, B, K = "/ticketing/v1", "/billing/v1", "/kpi/v1"


@dataclass
class Played:
    """Ids of what happened."""

    complaints: list[str] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    visits: list[str] = field(default_factory=list)
    hazards: list[str] = field(default_factory=list)
    fire: str = ""
    loss: str = ""


async def _run(town: Town, month: str) -> None:
    await town.post("finance", f"{B}/billing-runs", community_id=town.community, standard_code="wy", period=month)
    await town.clockwork.quiet()


async def _pay(town: Town, home: int, day: str) -> None:
    await town.post(
        "finance",
        f"{B}/payments",
        community_id=town.community,
        unit_id=str(town.units[home]),
        payer_id=str(town.owners[home]),
        method="bank_transfer",
        amount={"amount": "200.00"},
        value_date=day,
        reference=f"{day}-{home}",
    )


async def november(town: Town, played: Played) -> None:
    """A hazard is found; fees are billed and paid by eight of ten; December is billed, and its dunning planned."""
    standard: dict[str, Any] = {"code": "wy", "name": "物业服务费", "rule": "area", "fee_kind": "property"}
    standard |= {"effective_from": "2025-11-01", "params": {"rate": "2.00"}, "due_day": 25}
    await town.post("finance", f"{B}/charge-standards", community_id=town.community, **standard)
    await _run(town, "2025-11")
    await town.to("2025-11-25 10:00")
    await _hazard(town, played)
    for home in range(HOMES - 2):
        await _pay(town, home, "2025-11-25")
    await town.to("2025-12-01 09:00")
    await _run(town, "2025-12")


async def third_of_december(town: Town, played: Played) -> None:
    """Six complaints, two repairs, a fire, a loss, four calls and two visitors, on one Wednesday."""
    await town.to(f"{DAY} 09:00")
    case: dict[str, Any] = {"community_id": town.community}
    for n in COMPLAINTS:
        told = {**case, "kind": "complaint", "unit_id": str(town.units[n]), "summary": "楼道灯不亮", "channel": "app"}
        played.complaints.append((await town.post(n, f"{T}/tickets", **told))["id"])
    for n in range(2):
        told = {**case, "kind": "repair", "unit_id": str(town.units[n]), "summary": "水管漏水", "channel": "app"}
        played.repairs.append((await town.post(n, f"{T}/tickets", **told))["id"])
    for _ in range(2):
        await _hazard(town, played)
    for name, event in (("fire", "fire"), ("loss", "equipment")):
        told = {**case, "kind": "incident", "summary": "地下车库", "fields": {"event": event}}
        setattr(played, name, (await town.post("security", f"{T}/tickets", **told))["id"])
    await _calls(town, played)
    for n in range(2):
        told = {**case, "unit_id": str(town.units[n]), "subject": "咨询装修手续"}
        visit = (await town.post("clerk", f"{T}/visits", **told))["id"]
        await town.post("clerk", f"{T}/visits/{visit}/handle", affair="at_once", result="已答复")
        played.visits.append(visit)
    await town.to(f"{DAY} 09:05")
    for n in COMPLAINTS:
        if n != LATE:
            await _ticket(town, "clerk", played.complaints[n], "respond", note="已致电业主", channel="phone")
    for n in range(2):
        await _ticket(town, "clerk", played.repairs[n], "dispatch", assignee_id=str(town.staff["engineer"]))
    await town.to(f"{DAY} 09:11")
    await _ticket(town, "clerk", played.complaints[LATE], "respond", note="已致电业主", channel="phone")
    await town.to(f"{DAY} 10:00")
    await _complaints_weighed(town, played)
    await _incident(town, played.fire, "T000", "fire", 0)
    await _incident(town, played.loss, "T003G", "property_over_100k", 10_000_001)
    await town.to(f"{DAY} 14:00")
    for ticket in played.complaints:
        await _ticket(town, "engineer", ticket, "complete", result="已处理完毕")
    await _repaired(town, played.repairs[0], 0, accepted=True)
    await town.to(f"{DAY} 15:00")
    for n in COMPLAINTS:
        await _ticket(town, n, played.complaints[n], "sign", signer_name=f"业主{n}", method="app")
        await _ticket(town, n, played.complaints[n], "rate", score=60 if n == UNHAPPY else 90)


async def _hazard(town: Town, played: Played) -> None:
    """Of the second level, entered in the register."""
    told = {"community_id": town.community, "kind": "hazard", "summary": "软管老化", "fields": {"level": "2"}}
    played.hazards.append((await town.post("security", f"{T}/tickets", **told))["id"])
    deadline = {"deadline": z(town.clockwork.now() + timedelta(days=20))}
    await _ticket(town, "safety", played.hazards[-1], "deeds", deed="register", fields=deadline)


async def _ticket(town: Town, who: str | int, ticket: str, what: str, /, **body: Any) -> None:
    await town.post(who, f"{T}/tickets/{ticket}/{what}", **body)


async def _calls(town: Town, played: Played) -> None:
    """Answered after two, three and five rings, and one that rang six times for nobody."""
    exchange = await town.exchange()
    await town.post("clerk", f"{T}/calls/seat", source="pbx", extension="8001")
    at = town.clockwork.now() - timedelta(minutes=5)
    for n, rings in enumerate((2, 3, 5, None)):
        called = await town.rings(exchange, f"c{n}", "offered", at, number=phone(n), extension="8001")
        if rings is None:
            await town.rings(exchange, f"c{n}", "ended", at + timedelta(seconds=30), rings=6)
        else:
            await town.rings(exchange, f"c{n}", "answered", at + timedelta(seconds=20), extension="8001", rings=rings)
            await town.post("clerk", f"{T}/calls/{called}/handle", subject="咨询缴费时间")
        played.calls.append(called)


async def _complaints_weighed(town: Town, played: Played) -> None:
    """Each has its plan; two are made major by the general manager; quality assurance rules on one."""
    for n in COMPLAINTS:
        await _ticket(town, "supervisor", played.complaints[n], "plan", text="当日处理，完成后回访")
    for n in MAJOR:
        await _ticket(town, "gm", played.complaints[n], "deeds", deed="raise-major", fields={"reason": "影响多户"})
        await _ticket(town, "gm", played.complaints[n], "deeds", deed="handle-major", fields={"record": "已约谈"})
    proposed = {"valid": False, "reason": "属开发商保修范围"}
    await _ticket(town, "supervisor", played.complaints[NOT_VALID], "propose-validity", **proposed)
    await _ticket(town, "qa", played.complaints[NOT_VALID], "rule-validity", **proposed)


async def _incident(town: Town, ticket: str, definition: str, event_class: str, loss_fen: int) -> None:
    """From the report to the ruling: major, and caused by dereliction."""
    await _ticket(town, "security", ticket, "deeds", deed="report", fields={"to_role": "gm"})
    await _ticket(town, "safety", ticket, "arrive", place="地下车库", finding="已扑灭")
    await _ticket(town, "safety", ticket, "deeds", deed="contain", fields={})
    found = {"cause": "线路老化", "responsibility": "维护不到位", "handling_opinion": "更换", "prevention": "检测"}
    found |= {"plan_followed": True}  # type: ignore[dict-item]
    await _ticket(town, "safety", ticket, "deeds", deed="investigate", fields=found)
    ruled = {"definition_set": definition, "event_class": event_class, "level": "major", "by_dereliction": True}
    ruled |= {"loss_fen": loss_fen}
    await _ticket(town, "qa", ticket, "deeds", deed="rule", fields=ruled)


async def _repaired(town: Town, ticket: str, home: int, *, accepted: bool) -> None:
    await _ticket(town, "engineer", ticket, "arrive", place="业主家中", finding="接头松动")
    await _ticket(town, "engineer", ticket, "complete", result="已更换接头")
    said: dict[str, Any] = {"accepted": accepted}
    await _ticket(town, home, ticket, "accept-work", **said if accepted else {**said, "reason": "仍漏水"})


async def the_days_after(town: Town, played: Played) -> None:
    """A repair reached an hour late and refused; November's hazard and one of December's two are rectified; the
    follow-up calls; the files are checked; a survey is asked."""
    await town.to("2025-12-04 10:00")
    for ticket in played.hazards[:2]:
        await _ticket(town, "engineer", ticket, "complete", result="已整改")
    await _repaired(town, played.repairs[1], 1, accepted=False)
    for n in COMPLAINTS:
        if n not in (NOT_CALLED, NOT_VALID):
            asked = {"ticket_id": played.complaints[n], "state": "due", "limit": 1}
            due = await town.get("caller", f"{T}/revisits", **asked)
            call = f"{T}/revisits/{due['items'][0]['id']}/attempts"
            await town.post("caller", call, outcome="reached", channel="phone")
    await town.to("2025-12-08 09:00")
    items = [{"unit_id": str(unit), "complete": n > 0, "up_to_date": True} for n, unit in enumerate(town.units)]
    items[0]["missing"] = ["contact"]
    checked = {"community_id": town.community, "month": "2025-12", "items": items}
    await town.post("qa", f"{T}/archive-checks", **checked)
    survey: dict[str, Any] = {"community_id": town.community, "period": "2025-Q4", "title": "第四季度业主满意度调查"}
    survey |= {"dimensions": list(DIMENSIONS), "closes_at": z(local("2025-12-15 18:00"))}
    made = (await town.post("supervisor", f"{T}/surveys", **survey))["id"]
    await town.post("supervisor", f"{T}/surveys/{made}/open")
    await town.to("2025-12-09 09:00")
    for home in range(8):
        marks = dict.fromkeys(DIMENSIONS, 70 if home == 7 else 86)
        await town.post(home, f"{T}/surveys/{made}/answers", unit_id=str(town.units[home]), marks=marks)


async def debtors(town: Town) -> None:
    """Of November's two debtors one is called, and pays the day after; the other is forgotten."""
    await town.to("2025-12-11 10:00")
    steps = await town.get("clerk", f"{B}/dunning-steps", community_id=town.community, limit=50)
    call = next(s for s in steps["items"] if s["kind"] == "call" and s["unit_id"] == str(town.units[CALLED]))
    await town.post("clerk", f"{B}/dunning-steps/{call['id']}/contacts", result="promised", promised_on="2025-12-12")
    await town.to("2025-12-12 10:00")
    await _pay(town, CALLED, "2025-12-12")


async def rest_of_the_month(town: Town) -> None:
    """Eight pay December's bill on its day; who was called pays it two days after the quarter."""
    await town.to("2025-12-25 10:00")
    for home in range(HOMES - 2):
        await _pay(town, home, "2025-12-25")
    await town.to("2026-01-02 10:00")
    await _pay(town, CALLED, "2026-01-02")
