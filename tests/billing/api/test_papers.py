"""Lists and reports on paper, and whole lists as tables."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from python_calamine import CalamineWorkbook

from services.billing.papers import service
from shared.auth import Principal
from tests.billing.debtors import Debtors, local
from tests.billing.village import Village, tell, yuan
from tests.support.world import Standing, World


@pytest.fixture
async def debtors(
    world: World, org: UUID, api: httpx.AsyncClient, standing: Callable[[datetime], Standing]
) -> Debtors:
    """Two units that owe January and February on 1 March 2025, their month planned."""
    village = await Village(world, org, api).build(["100.00", "93.50"])
    found = await Debtors(village, standing(local("2025-03-01 09:00"))).bill("2025-01", "2025-02")
    await found.plan("2025-03")
    return found


async def paper(debtors: Debtors, path: str, make: Any, headers: dict[str, str] | None = None, **params: Any) -> str:
    """What stands on a paper: it is printed, and its content is what is read."""
    village = debtors.village
    query = {name: str(value) for name, value in params.items()}
    answer = await village.api.get(f"/billing/v1/{path}", params=query or None, headers=headers or debtors.clerk)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    who = Principal(debtors.clerk_id, village.org, frozenset({"clerk"}), frozenset({village.org}))
    async with village.world.runtime("billing").db.read(village.org) as tx:
        content = await make(tx, who)
    return json.dumps(content, ensure_ascii=False)


async def todo(debtors: Debtors, kind: str, assignee: UUID | None = None) -> str:
    """The call list or the visit list of March."""
    community = debtors.village.id
    more = {} if assignee is None else {"assignee_id": assignee}
    return await paper(
        debtors,
        f"dunning-lists/{kind}.pdf",
        lambda tx, who: service.to_do(tx, who, kind, community, "2025-03", assignee),
        **of(debtors, **more),
    )


def of(debtors: Debtors, **more: Any) -> dict[str, Any]:
    """The community and its month."""
    return {"community_id": str(debtors.village.id), "period": "2025-03", **more}


async def test_e009_the_call_list_names_who_still_owes_and_was_not_called(debtors: Debtors) -> None:
    first, second = debtors.village.units
    text = await todo(debtors, "call")
    assert "Call List" in text and first in text and second in text
    assert "400.00" in text and "374.00" in text and "774.00" in text  # each, and in all
    await debtors.to("2025-03-12 10:00")
    call = (await debtors.steps())["call"]
    await debtors.post(f"dunning-steps/{call['id']}/contacts", {"result": "acknowledged"})
    text = await todo(debtors, "call")
    assert first not in text and second in text
    await debtors.village.pay("374.00", "2025-03-12", debtors.village.units[second])
    assert second not in await todo(debtors, "call")


async def test_e010_the_visit_list_can_be_one_clerks_own(debtors: Debtors) -> None:
    first, second = debtors.village.units
    case = await debtors.case()
    assignee = {"assignee_id": str(debtors.clerk_id)}
    await debtors.post(f"dunning-cases/{case['id']}/hand-over", assignee, debtors.supervisor)
    everybody = await todo(debtors, "visit")
    assert "Visit List" in everybody and first in everybody and second in everybody
    own = await todo(debtors, "visit", debtors.clerk_id)
    assert first in own and second not in own
    visit = (await debtors.steps())["visit"]
    await debtors.to("2025-03-22 10:00")
    await debtors.post(f"dunning-steps/{visit['id']}/contacts", {"result": "notice_left"})
    assert first not in await todo(debtors, "visit")


async def test_e012_the_months_plan_tells_each_window_and_what_became_of_it(debtors: Debtors) -> None:
    plan = (await debtors.village.get("dunning-plans", **of(debtors)))["items"][0]
    plan_id = UUID(plan["id"])
    text = await paper(
        debtors, f"dunning-plans/{plan_id}/plan.pdf", lambda tx, who: service.month_plan(tx, who, plan_id)
    )
    for said in ("Monthly Dunning Plan", "2025-03", "774.00", "03-01 – 03-10", "03-11 – 03-20", "03-21 – 03-31"):
        assert said in text, said


async def test_e018_receivable_received_and_rate_by_natural_quarter(debtors: Debtors) -> None:
    village = debtors.village
    await village.pay("300.00", "2025-03-01")
    query = {"community_id": str(village.id), "year": 2025}
    found = await village.get("collection-reports", **query)
    (quarter,) = found["quarters"]
    assert (quarter["period"], quarter["fee_kind"], quarter["rate"]) == ("2025-Q1", "property", "38.76")
    assert (yuan(quarter["receivable"]), yuan(quarter["received"])) == ("774.00", "300.00")
    assert quarter["closed_at"] is None
    await debtors.to("2025-04-01 00:00")
    await village.pay("100.00", "2025-04-01")
    (quarter,) = (await village.get("collection-reports", **query))["quarters"]
    assert (yuan(quarter["received_at_close"]), yuan(quarter["received_later"])) == ("300.00", "100.00")
    text = await paper(
        debtors,
        "collection-reports/report.pdf",
        lambda tx, who: service.quarter_report(tx, who, village.id, 2025, "settled"),
        village.finance,
        **query,
    )
    assert "Quarterly Collection Report" in text and "38.76" in text and "774.00" in text


@pytest.mark.parametrize("table", ["bills", "payments", "arrears", "dunning-steps"])
async def test_whole_lists_go_out_as_tables_in_three_formats(debtors: Debtors, table: str) -> None:
    village = debtors.village
    await village.pay("10.00", "2025-03-01", reference="=1+1")
    answers = {}
    for format in ("csv", "ndjson", "xlsx"):
        answers[format] = await village.api.get(f"/billing/v1/exports/{table}.{format}", headers=village.finance)
        assert answers[format].status_code == 200
    objects = [json.loads(line) for line in answers["ndjson"].text.splitlines()]
    lines = answers["csv"].text.splitlines()
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answers["xlsx"].content)).get_sheet_by_index(0).to_python()
    count = {"bills": 4, "payments": 1, "arrears": 2, "dunning-steps": 6}[table]
    assert len(objects) == count and len(lines) == count + 1 and len(sheet) == count + 1
    assert {item["unit"] for item in objects} <= set(village.units)
    if table == "payments":
        assert "'=1+1" in lines[1] and objects[0]["reference"] == "=1+1"
    if table == "bills":
        assert sum(int(item["open"].replace(".", "")) for item in objects) == 77400 - 1000


async def test_an_export_can_be_of_one_month_and_holds_only_what_one_may_see(debtors: Debtors) -> None:
    village, api = debtors.village, debtors.village.api
    other = await Village(village.world, village.org, api).build(["50.00"])
    await tell(village.world, village.org, other.unit("60.00"))
    await other.standard()
    await other.bill("2025-02")
    narrow = village.world.token("supervisor", village.org, units=[other.region])
    path = "/billing/v1/exports/bills.ndjson"
    assert len((await api.get(path, headers=village.finance)).text.splitlines()) == 6
    assert len((await api.get(path, headers=narrow)).text.splitlines()) == 2
    january = await api.get(path, params={"month": "2025-01"}, headers=village.finance)
    assert len(january.text.splitlines()) == 2
    here = await api.get(path, params={"community_id": str(other.id)}, headers=village.finance)
    assert len(here.text.splitlines()) == 2


async def test_what_is_no_list_or_nobodys_business_is_refused(debtors: Debtors) -> None:
    village, api = debtors.village, debtors.village.api
    assert (await api.get("/billing/v1/exports/moods.csv", headers=village.finance)).status_code == 404
    assert (await api.get("/billing/v1/exports/bills.csv", headers=debtors.clerk)).status_code == 403
    narrow = village.world.token("supervisor", village.org, units=[UUID(int=7)])
    query = of(debtors)
    assert (await api.get("/billing/v1/dunning-lists/call.pdf", params=query, headers=narrow)).status_code == 404
    wrong = {**query, "period": "2025-13"}
    assert (await api.get("/billing/v1/dunning-lists/call.pdf", params=wrong, headers=debtors.clerk)).status_code == 422
