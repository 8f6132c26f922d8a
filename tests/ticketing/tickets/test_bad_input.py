"""What people send by mistake or on purpose: the right problem document each time, and nothing half done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select

from services.ticketing.models import metadata
from tests.shared.files import samples
from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk, H, S, z
from tests.ticketing.support import BASE
from tests.ticketing.surveys.support import MARKS, OPENS, opened

Clock = Callable[[datetime], Standing]
#: All that a half done thing would leave behind.
TRACES = (
    *("tickets", "ticket_clocks", "ticket_entries", "ticket_signatures", "outbox", "timers", "jobs", "files"),
    *("survey_answers", "work_orders", "revisits", "counters"),
)


async def traces(desk: Desk) -> dict[str, int]:
    async with desk.register.world.runtime("ticketing").db.read(desk.register.org) as tx:
        found = {}
        for name in TRACES:
            table = metadata.tables[f"ticketing.{name}"]
            wanted = select(func.count()).where(table.c.org_id == desk.register.org)
            found[name] = int(await tx.scalar(wanted) or 0)
        return found


def is_problem(answer: httpx.Response, status: int, code: str) -> None:
    told = answer.json()
    assert (answer.status_code, told["code"], told["status"]) == (status, code, status), answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert told["title"] and told["detail"] and told["request_id"]


async def upload(desk: Desk, data: bytes, name: str) -> httpx.Response:
    files = {"file": (name, data, "image/jpeg")}
    return await desk.register.api.post(f"{BASE}/files", files=files, headers=desk.owner())


async def test_an_unknown_unit(desk: Desk) -> None:
    before = await traces(desk)
    is_problem(await desk.intake(unit_id=str(uuid4())), 404, "ticketing.unit.unknown")
    is_problem(await desk.intake(unit_id=str(uuid4()), headers=desk.owner()), 404, "ticketing.unit.unknown")
    assert await traces(desk) == before


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("dispatch", {"assignee_id": str(uuid4())}),
        ("complete", {"result": "已修"}),
        ("cancel", {"reason": "误报"}),
        ("classify", {"urgency": "urgent"}),
        ("pause", {"cause": "parts", "note": "缺件"}),
        ("sign", {"signer_name": "张伟", "method": "device", "signature": "c3Ryb2tlcw=="}),
    ],
)
async def test_a_closed_ticket(desk: Desk, action: str, body: dict[str, Any]) -> None:
    ticket = await desk.handled()
    await desk.do(ticket, "sign", signer_name="张伟", method="device", signature="c3Ryb2tlcw==")
    before = await traces(desk)
    is_problem(await desk.try_(ticket, action, **body), 409, "ticketing.ticket.not_now")
    assert await traces(desk) == before


async def test_a_signature_by_a_stranger(desk: Desk) -> None:
    ticket = await desk.handled()
    before = await traces(desk)
    body = {"signer_name": "李雷", "method": "app", "signature": "c3Ryb2tlcw=="}
    neighbour = await desk.try_(ticket, "sign", desk.owner(1), **body)
    is_problem(neighbour, 404, "ticketing.ticket.unknown")
    assert await traces(desk) == before
    assert (await desk.register.get(f"/tickets/{ticket['id']}")).json()["state"] == "handled"


@pytest.mark.parametrize(
    ("role", "action", "body"),
    [
        ("engineer", "dispatch", {"department": "工程部"}),
        ("engineer", "plan", {"text": "更换"}),
        ("supervisor", "rule-validity", {"valid": False, "reason": "不属实"}),
        ("finance", "respond", {}),
        ("clerk", "decide-unsigned", {"reason": "无人签字"}),
        ("hr", "complete", {"result": "已修"}),
    ],
)
async def test_a_transition_by_the_wrong_role(desk: Desk, role: str, action: str, body: dict[str, Any]) -> None:
    ticket = await desk.ticket()
    before = await traces(desk)
    answer = await desk.try_(ticket, action, desk.staff(role), **body)
    assert (answer.status_code, answer.json()["status"]) == (403, 403), answer.text
    assert await traces(desk) == before


async def test_what_happens_only_later(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    ticket = await desk.ticket()
    before = await traces(desk)
    soon = z(NOON + S)
    answers = [
        await desk.intake(occurred_at=soon),
        await desk.try_(ticket, "respond", occurred_at=soon),
        await desk.try_(ticket, "arrive", occurred_at=soon),
        await desk.try_(ticket, "follow-up-note", note="已联系", occurred_at=soon),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "occurred_at"), answer.text
    assert await traces(desk) == before


async def test_a_photo_of_30_megabytes_and_a_zip_that_calls_itself_one(desk: Desk) -> None:
    before = await traces(desk)
    is_problem(await upload(desk, b"\xff\xd8\xff" + bytes(30_000_000), "a.jpg"), 413, "http.body.too_large")
    is_problem(await upload(desk, samples.zipped(a=b"1"), "photo.jpg"), 422, "file.type.refused")
    assert await traces(desk) == before


async def test_a_survey_answered_twice(desk: Desk, standing: Clock) -> None:
    clock = standing(OPENS)
    id = await opened(desk.register, desk.community)
    made = await desk.register.post(f"/surveys/{id}/links", {"unit_ids": [str(desk.community.units[0])]}, desk.staff())
    (token,) = [link["token"] for link in made.json()["items"]]
    sheets = [{"unit_id": str(desk.community.units[1]), "marks": dict.fromkeys(MARKS, mark)} for mark in (10, 90)]
    for sheet in sheets:
        clock.by(H)
        assert (await desk.register.post(f"/surveys/{id}/answers", sheet, desk.owner(1))).status_code == 201
    results = (await desk.register.get(f"/surveys/{id}/results")).json()
    assert (results["answer_count"], results["mean"]) == (1, "90.00"), "the last one of a household counts"
    link = f"{BASE}/survey-links/{token}/answer"
    once = await desk.register.api.post(link, json={"marks": MARKS})
    assert once.status_code == 201, once.text
    before = await traces(desk)
    is_problem(await desk.register.api.post(link, json={"marks": MARKS}), 409, "ticketing.survey_link.used")
    assert await traces(desk) == before


async def test_many_who_complete_one_case_at_once_complete_it_once(desk: Desk) -> None:
    ticket = await desk.ticket()
    await desk.do(ticket, "respond")
    await desk.do(ticket, "plan", text="更换导靴")
    answers = await asyncio.gather(*(desk.try_(ticket, "complete", result=f"第{n}次") for n in range(8)))
    assert sorted(a.status_code for a in answers) == [200, *[409] * 7]
    assert len(await desk.register.events("ticket.completed.v1")) == 1
    assert [e["action"] for e in await desk.entries(ticket)].count("complete") == 1
