"""An organisation of two parts, with one object of each kind in the first, made by the public API."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.billing.dunning import repository as dunning
from services.ticketing.domain.surveys import DEFAULT_DIMENSIONS
from services.ticketing.orgs.service import create_in
from shared import clock
from shared.auth.roles import STAFF
from shared.auth.tokens import mint_token, user_claims
from shared.contracts.envelope import Event
from shared.http import signed
from shared.ids import uuid7
from shared.messaging import parking
from tests.kpi.api.support import sign
from tests.kpi.support import Feed
from tests.shared.files import samples
from tests.support.world import ISSUER, World
from tests.ticketing.imports.support import book
from tests.ticketing.support import Community, Register


@dataclass
class Estate:
    """Where things are: `ids` by `<service>/<first part of the path after v1>`."""

    world: World
    api: httpx.AsyncClient
    org: UUID
    east: UUID
    west: UUID
    here: Community
    there: Community
    register: Register
    ids: dict[str, str] = field(default_factory=dict)
    employee: UUID = field(default_factory=uuid4)

    def everybody(self) -> dict[str, str]:
        """Headers of somebody with every role of staff, over the whole organisation."""
        claims = user_claims(sub=self.employee, org=self.org, roles=sorted(STAFF), units=[self.org])
        return {"Authorization": f"Bearer {mint_token(ISSUER, claims, timedelta(hours=2))}"}

    def owner(self) -> dict[str, str]:
        """Headers of the owner of the dwelling that it is all about."""
        return self.register.resident(self.here, 0)

    async def post(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """A command that must do."""
        answer = await self.api.post(path, json=body, headers=dict(headers or self.everybody()))
        assert answer.status_code in (200, 201, 202), f"{path}: {answer.text}"
        found: dict[str, Any] = answer.json()
        return found

    async def first(self, path: str, headers: Mapping[str, str] | None = None, **query: str) -> str:
        """The id of the first thing in a list."""
        answer = await self.api.get(path, params=query, headers=dict(headers or self.everybody()))
        assert answer.status_code == 200 and answer.json()["items"], f"{path}: {answer.text}"
        return str(answer.json()["items"][0]["id"])


async def settled(world: World, api: httpx.AsyncClient) -> Estate:
    """Make it all."""
    org = await world.new_org()
    async with world.runtime("ticketing").db.tx(org) as tx:
        await create_in(tx, "权限测试物业")
    register = Register(world, api, org)
    east, west = await register.stored(
        "org-units",
        [{"external_id": code, "name": code, "kind": "branch", "parent": None} for code in ("EAST", "WEST")],
    )
    here, there = await register.community("E", unit="EAST"), await register.community("W", unit="WEST")
    estate = Estate(world, api, org, east, west, here, there, register)
    await world.drain(org)
    await _register(estate)
    await _cases(estate)
    await _reception(estate)
    await _papers(estate)
    await _rounds(estate)
    await _money(estate)
    await _arrears(estate)
    await _charges(estate)
    await _score(estate)
    await world.drain(org)
    estate.ids["notify/messages"] = await estate.first("/notify/v1/messages")
    estate.ids["notify/inbox"] = await estate.first("/notify/v1/inbox", estate.owner())
    hook = {"name": "x", "url": "https://hooks.example.com/x", "events": ["bill.issued.v1"], "scope": [str(here.id)]}
    estate.ids["notify/webhooks"] = (await estate.post("/notify/v1/webhooks", hook))["id"]
    many = {"name": "x", "template": "campaign.notice", "communities": [str(here.id)], "reason": "x"}
    many |= {"variables": {"subject": "x", "text": "y"}}
    estate.ids["notify/campaigns"] = (await estate.post("/notify/v1/campaigns", many))["id"]
    await _parked(estate)
    return estate


async def _register(e: Estate) -> None:
    (staff,) = await e.register.stored(
        "staff", [{"external_id": "S", "name": "李工", "roles": ["engineer"], "units": ["EAST"]}]
    )
    sold = {"external_id": "E-1-1", "community": "E", "building": "E-1", "number": "1-101", "area": "93.50"}
    await e.register.stored("units", [{**sold, "sold_on": "2019-06-01", "occupied_from": "2020-06-01"}])
    e.ids |= {
        "ticketing/org-units": str(e.east),
        "ticketing/communities": str(e.here.id),
        "ticketing/buildings": await e.first("/ticketing/v1/buildings", community_id=str(e.here.id)),
        "ticketing/units": str(e.here.units[0]),
        "ticketing/people": str(e.here.people[0]),
        "ticketing/relations": await e.first("/ticketing/v1/relations", unit_id=str(e.here.units[0])),
        "ticketing/staff": str(staff),
    }
    home = {"community_id": str(e.here.id), "number": "1-201", "name": "张伟", "role": "family"}
    e.ids["ticketing/bindings"] = (await e.post("/ticketing/v1/bindings", home, e.owner()))["id"]
    paper = await e.post("/ticketing/v1/activation-codes", {"unit_ids": [str(e.here.units[0])]})
    e.ids["ticketing/activation-codes"] = paper["items"][0]["id"]
    duty = {"person_id": str(staff), "org_unit_id": str(e.east), "kind": "skill", "code": "water", "reason": "持证"}
    e.ids["ticketing/assignments"] = (await e.post("/ticketing/v1/assignments", duty))["id"]
    east = {"org_unit_id": str(e.east)}
    post = await e.post("/ticketing/v1/posts", {**east, "code": "frontdesk", "name": "前台", "since": "2025-01-01"})
    at = {"starts_at": "2035-03-07 08:00", "ends_at": "2035-03-07 14:00"}
    row = {"external_id": "S1", "person": "S", "org_unit": "EAST", "post": "frontdesk", **at}
    (shift,) = await e.register.stored("shifts", [row])
    barred = {"person_id": str(staff), "cause": "other", "reason": "待岗", "since": "2036-01-01T00:00:00Z"}
    leave = {**east, "kind": "annual", "reason": "年假"}
    leave |= {"starts_at": "2037-01-01T00:00:00Z", "ends_at": "2037-01-02T00:00:00Z"}
    own = e.world.token("engineer", e.org, units=[e.east], sub=staff)
    lent = {"to_id": str(staff), "until": (clock.now() + timedelta(days=9)).isoformat(), "reason": "出差"}
    (self_,) = await e.register.stored(
        "staff", [{"external_id": "SELF", "name": "全能", "roles": ["gm"], "units": ["EAST", "WEST"]}]
    )
    e.employee = self_
    e.ids["ticketing/delegations"] = (await e.post("/ticketing/v1/delegations", lent))["id"]
    e.ids |= {
        "ticketing/posts": post["id"],
        "ticketing/shifts": str(shift),
        "ticketing/bars": (await e.post("/ticketing/v1/bars", barred))["id"],
        "ticketing/leaves": (await e.post("/ticketing/v1/leaves", leave, own))["id"],
    }
    wish = {
        **east,
        "kind": "headcount",
        "title": "增编",
        "items": [{"name": "前台", "now": 3, "wanted": 4}],
        "reason": "扩容",
    }
    thing = {"community_id": str(e.here.id), "code": "YS-01", "name": "雨伞", "measure": "把", "minimum": 5}
    e.ids |= {
        "ticketing/org-changes": (await e.post("/ticketing/v1/org-changes", wish))["id"],
        "ticketing/store-items": (await e.post("/ticketing/v1/store-items", thing))["id"],
    }
    made = await e.post(
        "/ticketing/v1/integrators", {"name": "门禁", "scopes": ["register.read"], "units": [str(e.east)]}
    )
    e.ids["ticketing/integrators"] = made["id"]
    notice = {"purpose": "privacy", "title": {"zh": "隐私政策", "en": "Privacy"}, "text": {"zh": "…", "en": "…"}}
    e.ids["ticketing/notices"] = (await e.post("/ticketing/v1/notices", notice))["id"]


async def _cases(e: Estate) -> None:
    photo = {"file": ("photo.jpg", samples.photo(), "image/jpeg")}
    file = await e.api.post("/ticketing/v1/files", files=photo, headers=e.owner())
    assert file.status_code == 201, file.text
    home = {"community_id": str(e.here.id), "unit_id": str(e.here.units[0]), "summary": "漏水"}
    case = {**home, "kind": "complaint", "attachments": [file.json()["id"]]}
    ticket = (await e.post("/ticketing/v1/tickets", case, e.owner()))["id"]
    handled = (await e.post("/ticketing/v1/tickets", {**home, "kind": "complaint"}))["id"]
    commands: tuple[tuple[str, Any], ...] = (
        ("respond", {}),
        ("dispatch", {"assignee_id": e.ids["ticketing/staff"]}),
        ("plan", {"text": "更换接头"}),
        ("complete", {"result": "已修好"}),
    )
    for command, body in commands:
        await e.post(f"/ticketing/v1/tickets/{handled}/{command}", body)
    line = {"what": "labour", "name": "更换接头", "quantity": "40", "price": {"amount": "80.00"}}
    slip = {"lines": [line]}
    spend = {
        "subject_kind": "expenditure",
        "subject_id": ticket,
        "amount": {"amount": "900.00", "currency": "CNY"},
        "reason": "更换水泵",
    }
    plan = {"kind": "repair", "org_unit_id": str(e.east), "percent": 30, "due_days": 3}
    e.ids |= {
        "ticketing/work-orders": (await e.post(f"/ticketing/v1/tickets/{ticket}/orders", {"mode": "grab"}))["id"],
        "ticketing/slips": (await e.post(f"/ticketing/v1/tickets/{ticket}/slips", slip))["id"],
        "ticketing/revisit-plans": (await e.post("/ticketing/v1/revisit-plans", plan))["id"],
        "ticketing/files": file.json()["id"],
        "ticketing/tickets": ticket,
        "ticketing/revisits": await e.first("/ticketing/v1/revisits"),
        "ticketing/approvals": (await e.post("/ticketing/v1/approvals", spend))["id"],
    }


async def _reception(e: Estate) -> None:
    line = {"kind": "pbx", "name": "前台", "source": "pbx", "community_id": str(e.here.id)}
    pbx = await e.post("/ticketing/v1/connections", line)
    secret = base64.b64decode(pbx["secret"].removeprefix(signed.PREFIX))
    at = clock.now().replace(microsecond=0)
    for event, when, more in (("offered", at - timedelta(seconds=40), {"number": "13900002222"}), ("ended", at, {})):
        told = json.dumps({"call_id": "1", "event": event, "at": when.isoformat(), **more}).encode()
        stamp = int(clock.wall().timestamp())
        headers = {
            "webhook-id": event,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signed.sign(secret, event, stamp, told),
        }
        path = f"/ticketing/v1/calls/events?connection={pbx['key']}"
        answer = await e.api.post(path, content=told, headers=headers)
        assert answer.status_code == 200, answer.text
    visit = {"community_id": str(e.here.id), "subject": "咨询"}
    e.ids |= {
        "ticketing/connections": pbx["id"],
        "ticketing/calls": answer.json()["id"],
        "ticketing/call-returns": await e.first("/ticketing/v1/call-returns"),
        "ticketing/visits": (await e.post("/ticketing/v1/visits", visit, e.register.admin()))["id"],
    }


async def _papers(e: Estate) -> None:
    rows = [{"external_id": "A1", "unit": "E-1-1", "fields": {"name": "张伟"}}]
    stored = await e.post("/ticketing/v1/archives/bulk", {"source": "erp", "items": rows})
    check = {
        "community_id": str(e.here.id),
        "month": f"{clock.now():%Y-%m}",
        "items": [{"unit_id": str(e.here.units[0]), "complete": True, "up_to_date": True}],
    }
    survey = {
        "community_id": str(e.here.id),
        "period": "2025-Q1",
        "title": "满意度调查",
        "dimensions": list(DEFAULT_DIMENSIONS),
        "closes_at": (clock.now() + timedelta(days=3)).isoformat(),
    }
    survey_id = (await e.post("/ticketing/v1/surveys", survey))["id"]
    await e.post(f"/ticketing/v1/surveys/{survey_id}/open", None)
    table = {"file": ("people.xlsx", book(["编号", "姓名"], ["P-9", "李静"]))}
    form = {"resource": "people", "mode": "good", "source": "erp"}
    begun = await e.api.post("/ticketing/v1/imports", data=form, files=table, headers=e.everybody())
    assert begun.status_code == 202, begun.text
    e.ids |= {
        "ticketing/archives": str(stored["items"][0]["id"]),
        "ticketing/archive-checks": (await e.post("/ticketing/v1/archive-checks", check))["id"],
        "ticketing/surveys": survey_id,
        "ticketing/imports": begun.json()["id"],
    }
    loan = {"kind": "consult", "purpose": "核对装修备案"}
    asked = await e.post(f"/ticketing/v1/archives/{e.ids['ticketing/archives']}/loans", loan)
    e.ids["ticketing/archive-loans"] = asked["id"]
    await e.world.drain(e.org, timers=False)


async def _rounds(e: Estate) -> None:
    place = {"community_id": str(e.here.id)}
    walk = {**place, "started_at": (clock.now() - timedelta(hours=1)).isoformat(), "areas": ["1 幢"], "whole": True}
    care = {"org_unit_id": str(e.east), "title": "回访", "asks": "用气情况", "channel": "phone"}
    care |= {"every_months": 3, "due_days": 30, "starts_on": f"{clock.now() + timedelta(days=9):%Y-%m-%d}"}
    sample = {**place, "about_id": str(uuid7()), "year": clock.now().year, "size": 1}
    report = {"file": ("a.jpg", samples.photo(), "image/jpeg")}
    sent = await e.api.post("/ticketing/v1/files", files=report, headers=e.everybody())
    assert sent.status_code == 201, sent.text
    agency = {**place, "year": clock.now().year, "agency": "调研", "carried_out_on": f"{clock.now():%Y-%m-%d}"}
    agency |= {"valid_answers": 2, "satisfied_answers": 1, "file_ids": [sent.json()["id"]]}
    e.ids |= {
        "ticketing/patrols": (await e.post("/ticketing/v1/patrols", walk))["id"],
        "ticketing/care-plans": (await e.post("/ticketing/v1/care-plans", care))["id"],
        "ticketing/staff-samples": (await e.post("/ticketing/v1/staff-samples", sample))["id"],
        "ticketing/third-party-surveys": (await e.post("/ticketing/v1/third-party-surveys", agency))["id"],
    }


async def _money(e: Estate) -> None:
    community = str(e.here.id)
    standard = {
        "community_id": community,
        "code": "property",
        "name": "物业费",
        "rule": "area",
        "fee_kind": "property",
        "effective_from": "2024-01-01",
        "params": {"rate": "2.85"},
        "due_day": 25,
    }
    standard_id = (await e.post("/billing/v1/charge-standards", standard))["id"]
    run = await e.post("/billing/v1/billing-runs", {"community_id": community, "period": "2025-01"})
    await e.world.drain(e.org)
    payment = {
        "community_id": community,
        "unit_id": str(e.here.units[0]),
        "method": "bank_transfer",
        "amount": {"amount": "300.00", "currency": "CNY"},
        "value_date": "2025-03-01",
    }
    home = {"unit_id": str(e.here.units[0]), "amount": {"amount": "9.00", "currency": "CNY"}}
    paid = (await e.post("/billing/v1/payments", payment))["id"]
    refund = {"amount": {"amount": "1.00", "currency": "CNY"}, "reason": "多缴"}
    drawer = {"community_id": community, "float": {"amount": "100.00"}}
    e.ids |= {
        "billing/cash-shifts": (await e.post("/billing/v1/cash-shifts", drawer))["id"],
        "billing/cash-days": community,
        "billing/cash-policies": community,
        "billing/refunds": (await e.post(f"/billing/v1/payments/{paid}/refunds", refund))["id"],
        "billing/receipts": (await e.post(f"/billing/v1/payments/{paid}/receipts", {}))["id"],
        "billing/charge-standards": standard_id,
        "billing/billing-runs": run["id"],
        "billing/bills": await e.first("/billing/v1/bills", e.owner()),
        "billing/payments": paid,
        "billing/payment-orders": (await e.post("/billing/v1/payment-orders", {**home, "method": "alipay"}, e.owner()))[
            "id"
        ],
        "billing/reconciliations": (
            await e.post(
                "/billing/v1/reconciliations",
                {"org_unit_id": str(e.east), "method": "pos", "day": "2025-03-01", "lines": []},
            )
        )["id"],
        "billing/accounts": str(e.here.units[0]),
    }


async def _arrears(e: Estate) -> None:
    """A household that is dunned up to the packet; the term of its demand is over, which no caller can bring about."""
    community = str(e.here.id)
    await e.post("/billing/v1/billing-runs", {"community_id": community, "period": "2025-02"})
    await e.world.drain(e.org, timers=False)
    plan = {"community_id": community, "period": f"{clock.now():%Y-%m}"}
    plan_id = (await e.post("/billing/v1/dunning-plans", plan))["id"]
    await e.world.drain(e.org, timers=False)
    case = await e.first("/billing/v1/dunning-cases", community_id=community)
    mandate = {
        "unit_id": str(e.here.units[0]),
        "payer_id": str(e.here.people[0]),
        "since": "2025-01-01",
        "bank": "工商银行",
        "account": "6222020200112230017",
        "holder": "王芳",
    }
    e.ids["billing/debit-mandates"] = (await e.post("/billing/v1/debit-mandates", mandate))["id"]
    collect = {"community_id": community, "collect_on": f"{clock.now():%Y-%m-%d}"}
    rows = "房号,费用,账期,到期日,欠费金额（元）\nX,parking,2020-05,2020-05-25,9.00\n"
    table = {"file": ("opening.csv", rows.encode())}
    form = {"community_id": community, "mode": "check"}
    begun = await e.api.post("/billing/v1/opening-imports", data=form, files=table, headers=e.everybody())
    assert begun.status_code == 202, begun.text
    e.ids["billing/opening-imports"] = begun.json()["id"]
    e.ids["billing/debit-runs"] = (await e.post("/billing/v1/debit-runs", collect))["id"]
    notice = (await e.post("/billing/v1/dunning-notices", {"case_id": case}))["id"]
    hold = {
        "kind": "promise",
        "reason": "承诺月底前缴费",
        "evidence": "通话录音",
        "until_on": f"{clock.now() + timedelta(days=5):%Y-%m-%d}",
    }
    async with e.world.runtime("billing").db.tx(e.org) as tx:
        await dunning.move_case(tx, UUID(case), {"demand_term_on": date(2025, 6, 1)})
    shown = {"file": ("receipt.jpg", samples.photo(), "image/jpeg")}
    proof = await e.api.post(
        "/billing/v1/notice-proofs", data={"notice_id": notice}, files=shown, headers=e.everybody()
    )
    e.ids |= {
        "billing/notice-proofs": proof.json()["id"],
        "billing/dunning-policies": community,
        "billing/dunning-plans": plan_id,
        "billing/dunning-steps": await e.first("/billing/v1/dunning-steps", community_id=community),
        "billing/dunning-cases": case,
        "billing/dunning-holds": (await e.post(f"/billing/v1/dunning-cases/{case}/holds", hold))["id"],
        "billing/dunning-notices": notice,
        "billing/legal-packets": (await e.post("/billing/v1/legal-packets", {"case_id": case}))["id"],
    }


async def _charges(e: Estate) -> None:
    unit, bill, day = str(e.here.units[0]), e.ids["billing/bills"], "2025-03-01"
    space = {"community_id": str(e.here.id), "number": "A-01", "unit_id": unit, "since": day}
    amount = {"amount": "10.00", "currency": "CNY"}
    deposit = {"unit_id": unit, "purpose": "装修押金", "amount": amount, "due_date": day}
    waiver = {"kind": "waiver", "bill_id": bill, "amount": amount, "reason": "更正"}
    held = {"bill_id": bill, "since": day, "reason": "争议"}
    late = {"community_id": str(e.here.id), "code": "late", "name": "违约金", "rule": "late_fee"}
    late |= {"fee_kind": "late_fee", "effective_from": "2024-01-01", "due_day": 25}
    late |= {"params": {"daily_rate": "0.0005", "grace_days": 0, "cap": "100"}}
    await e.post("/billing/v1/charge-standards", late)
    charged = {"community_id": str(e.here.id), "standard_code": "late", "until": "2025-02-01"}
    e.ids |= {
        "billing/parking-holdings": (await e.post("/billing/v1/parking-holdings", space))["id"],
        "billing/deposits": (await e.post("/billing/v1/deposits", deposit))["bill_id"],
        "billing/approvals": (await e.post("/billing/v1/credits", waiver))["approval_id"],
        "billing/late-fee-runs": (await e.post("/billing/v1/late-fee-runs", charged))["id"],
        "billing/late-fee-holds": (await e.post("/billing/v1/late-fee-holds", held))["id"],
    }


async def _score(e: Estate) -> None:
    letter = {
        "template": "T003S",
        "community_id": str(e.here.id),
        "subject_id": str(e.here.people[1]),
        "term": "2025",
        "parameters": {},
    }
    e.ids["kpi/letters"] = (await e.post("/kpi/v1/letters", letter))["id"]
    seen = {
        "indicator": "archive.backup.sync.rate",
        "community_id": str(e.here.id),
        "on": "2025-03-07",
        "numerator": 1,
        "denominator": 1,
        "file_ids": [str(uuid7())],
    }
    e.ids["kpi/observations"] = (await e.post("/kpi/v1/observations", seen))["id"]
    await e.world.drain(e.org)
    frozen = await e.post("/kpi/v1/scorecards", {"letter_id": e.ids["kpi/letters"], "period": "2025-Q1"})
    e.ids["kpi/scorecards"] = frozen["id"]
    await _reviewed(e, letter)
    await _work(e)


async def _work(e: Estate) -> None:
    """The registers that letters count."""
    here, later = str(e.here.id), (clock.now().date() + timedelta(days=30)).isoformat()
    task = {"kind": "important", "title": "外墙整改", "assignee_id": str(uuid7()), "due_on": later}
    e.ids["kpi/tasks"] = (await e.post("/kpi/v1/tasks", {"community_id": here, **task}))["id"]
    people = {"responsible_id": str(uuid7()), "receiver_id": str(uuid7())}
    duty = {"community_id": here, "form": "monthly", "since": later, **people}
    e.ids["kpi/report-duties"] = (await e.post("/kpi/v1/report-duties", duty))["id"]
    e.ids["kpi/reports"] = await e.first("/kpi/v1/reports")
    now = clock.now()
    meeting = {"kind": "review", "title": "回顾", "held_at": now.isoformat(), "chair_id": str(uuid7())}
    came = [{"person_id": str(uuid7()), "attendance": "present"}]
    policy = {"code": "KF-03", "title": "投诉处理规定", "area": "cs", "owner_id": str(uuid7())}
    line = {"category": "人工费", "month": f"{now:%Y-%m}", "amount": {"amount": "1.00"}}
    budget = {"level": "department", "year": now.year, "title": "预算", "lines": [line]}
    for kind, body in (
        ("meetings", {**meeting, "attendance": came}),
        ("suggestions", {"title": "自助登记", "detail": "前台加一台自助登记机"}),
        ("policies", policy),
        ("budgets", budget),
    ):
        e.ids[f"kpi/{kind}"] = (await e.post(f"/kpi/v1/{kind}", {"community_id": here, **body}))["id"]


async def _reviewed(e: Estate, letter: Mapping[str, Any]) -> None:
    """What hangs on a score: a review with its columns, an objection, a consequence."""
    monthly = await e.post("/kpi/v1/letters", {**letter, "template": "T002B"})
    await sign(e.api, e.world, Feed(e.world, e.org), monthly)
    await e.world.drain(e.org)
    cases = (await e.api.get("/kpi/v1/feeds/cases", headers=e.everybody())).json()["items"]
    doubt = {"fact_id": cases[0]["fact_id"], "reason": "业主预约在次日", "file_ids": [str(uuid7())]}
    measure = {"scorecard_id": e.ids["kpi/scorecards"], "kind": "measure", "reason": "约谈并培训"}
    found = {"kind": "supervision", "community_id": str(e.here.id), "subject_id": str(e.here.people[1])}
    found |= {"department": "质检部", "title": "三月份抽查", "on": "2025-03-20", "text": "抽查十份工单"}
    e.ids |= {
        "kpi/inspections": (await e.post("/kpi/v1/inspections", found))["id"],
        "kpi/reviews": (await e.post("/kpi/v1/reviews", {"letter_id": monthly["id"], "period": "2025-03"}))["id"],
        "kpi/objections": (await e.post("/kpi/v1/objections", doubt))["id"],
        "kpi/consequences": (await e.post("/kpi/v1/consequences", measure))["id"],
    }


async def _parked(e: Estate) -> None:
    """What no caller can bring about: an event that a service could not apply."""
    at = datetime(2025, 3, 7, 1, tzinfo=UTC)
    for service in e.world.apps:
        event = Event(
            id=uuid7(),
            type="unit.upserted.v1",
            source="ticketing",
            org_id=e.org,
            community_id=e.here.id,
            subject=uuid7(),
            seq=1,
            position=1,
            occurred_at=at,
            recorded_at=at,
            actor_id=None,
            trace_id="test",
            data={},
        )
        async with e.world.runtime(service).db.tx(e.org) as tx:
            await parking.park(tx, event, "test")
        e.ids[f"{service}/parked"] = str(event.id)
