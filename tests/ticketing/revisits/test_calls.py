"""Making the calls: who may, the list of the day, what is told of tries, corrections, the printed record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from services.ticketing.documents.form import Subject, forms
from shared.documents import render
from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk, H, S, z
from tests.ticketing.support import BASE

Clock = Callable[[datetime], Standing]
FRIDAY = datetime(2025, 3, 7, 18, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


async def test_c048_only_the_one_who_was_named_calls(desk: Desk) -> None:
    revisit = await desk.due_call(await desk.handled())
    named = uuid4()
    assign = f"/revisits/{revisit['id']}/assign"
    assert (await desk.register.post(assign, {"caller_id": str(named)}, desk.staff("supervisor"))).status_code == 200
    other = await desk.call(revisit, rating=90)
    assert (other.status_code, other.json()["code"]) == (403, "ticketing.revisit.named_other")
    assert (await desk.call(revisit, rating=90, headers=desk.staff("clerk", named))).status_code == 201


async def test_c051_a_complaint_is_followed_up_by_phone(desk: Desk) -> None:
    revisit = await desk.due_call(await desk.handled())
    refused = await desk.call(revisit, rating=90, channel="visit")
    assert (refused.status_code, [e["path"] for e in refused.json()["errors"]]) == (422, ["channel"])
    assert (await desk.call(revisit, rating=90, channel="phone")).status_code == 201


async def test_amb088_what_tries_in_vain_count_as_is_told_for_every_letter(desk: Desk, standing: Clock) -> None:
    clock = standing(FRIDAY)
    revisit = await desk.due_call(await desk.handled())
    for hours in (5, 5.5, 6):  # 23:00, 23:30 and midnight: the second half-day begins
        clock.to(FRIDAY + hours * H)
        assert (await desk.call(revisit, "no_answer")).status_code == 201
    told = await desk.register.events("revisit.attempted.v1")
    assert [(e["data"]["attempts"], e["data"]["half_days"]) for e in told] == [(1, 1), (2, 1), (3, 2)]
    assert {e["data"]["channel"] for e in told} == {"phone"}
    (done,) = await desk.register.events("revisit.done.v1")
    assert done["data"]["outcome"] == "no_answer"
    assert done["data"]["readings"] == {"met_after_n": "met", "exclude_after_n": "excluded", "miss": "open"}
    clock.to(FRIDAY + 48 * H + S)
    detail = (await desk.register.get(f"/revisits/{revisit['id']}")).json()
    assert detail["readings"] == {"met_after_n": "met", "exclude_after_n": "excluded", "miss": "missed"}


async def test_e004_the_list_of_the_day_has_what_is_due_first_and_not_one_s_own_cases(
    desk: Desk, standing: Clock
) -> None:
    clock = standing(NOON)
    late = await desk.due_call(await desk.handled())
    clock.by(2 * H)
    soon = await desk.due_call(await desk.handled(n=1))
    taken = await desk.due_call(await desk.handled(n=2))
    somebody = {"caller_id": str(uuid4())}
    await desk.register.post(f"/revisits/{taken['id']}/assign", somebody, desk.staff("supervisor"))
    done = await desk.due_call(await desk.handled())
    await desk.call(done, rating=90)
    clock.to(NOON + 48 * H + S)
    await desk.call(late, "no_answer")
    clock.by(S)
    await desk.call(late, "no_answer")
    me = desk.staff("clerk", desk.caller)
    items = (await desk.register.get("/revisits/call-list", me)).json()["items"]
    assert [(i["id"], i["overdue"]) for i in items] == [(late["id"], True), (soon["id"], False)]
    assert (items[0]["attempts"], items[0]["half_days_tried"]) == (2, 1)
    assert items[0]["counts_from"] == z(datetime(2025, 3, 9, 12, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert (items[1]["counts_from"], items[1]["unit_number"], items[1]["kind"]) == (None, "1-201", "complaint")
    assert not {"phone", "name", "contact"} & items[0].keys()
    engineer = desk.staff("clerk", desk.engineer)
    assert (await desk.register.get("/revisits/call-list", engineer)).json()["items"] == []
    lead = (await desk.register.get("/revisits/call-list", desk.staff("supervisor"), everybody=True)).json()
    assert [i["id"] for i in lead["items"]] == [late["id"], soon["id"], taken["id"]]


async def test_a_case_is_sent_back_with_what_the_owner_said(desk: Desk) -> None:
    ticket = await desk.handled()
    revisit = await desk.due_call(ticket)
    silent = await desk.call(revisit, rating=40, reopen=True)
    assert (silent.status_code, [e["path"] for e in silent.json()["errors"]]) == (422, ["note"])
    assert (await desk.call(revisit, rating=40, reopen=True, note="仍有异响")).status_code == 201
    (entry,) = [e for e in await desk.entries(ticket) if e["action"] == "reopen"]
    assert entry["data"] == {"reason": "仍有异响", "revisit_id": revisit["id"]}


async def test_two_callers_at_once_make_one_call(desk: Desk) -> None:
    revisit = await desk.due_call(await desk.handled())
    answers = await asyncio.gather(
        *(desk.call(revisit, rating=r, headers=desk.staff("clerk", uuid4())) for r in (20, 90))
    )
    assert sorted(a.status_code for a in answers) == [201, 409]
    assert len(await desk.register.events("revisit.done.v1")) == 1
    detail = (await desk.register.get(f"/revisits/{revisit['id']}")).json()
    assert [a["rating"] for a in detail["attempt_list"]] == [detail["rating"]]


async def test_g017_a_record_is_corrected_beside_it_and_never_changed(desk: Desk) -> None:
    ticket = await desk.handled()
    revisit = await desk.due_call(ticket)
    await desk.call(revisit, rating=20, note="满意")
    (attempt,) = (await desk.register.get(f"/revisits/{revisit['id']}")).json()["attempt_list"]
    path = f"/revisits/{revisit['id']}/attempts/{attempt['id']}/corrections"
    body = {"rating": 90, "reason": "录入时按错"}
    others = await desk.register.post(path, body, desk.staff("supervisor"))
    assert (others.status_code, others.json()["code"]) == (403, "ticketing.revisit_attempt.not_yours")
    handler = await desk.register.post(path, body, desk.staff("qa", desk.engineer))
    assert (handler.status_code, handler.json()["code"]) == (403, "ticketing.ticket.own_case")
    me = desk.staff("clerk", desk.caller)
    assert (await desk.register.post(path, {"reason": "x"}, me)).status_code == 422
    fixed = await desk.register.post(path, body, me)
    assert fixed.status_code == 201, fixed.text
    shown = fixed.json()
    assert (shown["rating"], shown["satisfied"]) == (90, True)
    assert shown["attempt_list"] == [attempt]  # as it was written
    assert [(c["rating"], c["reason"], c["corrected_by"]) for c in shown["corrections"]] == [
        (90, "录入时按错", str(desk.caller))
    ]
    (told,) = await desk.register.events("revisit.corrected.v1")
    assert (told["data"]["rating_before"], told["data"]["rating_after"]) == (20, 90)
    assert [e["data"]["rating"] for e in await desk.register.events("revisit.done.v1")] == [20, 90]
    again = await desk.register.post(path, {"note": "业主补充：很满意", "reason": "漏记"}, desk.staff("qa"))
    assert (again.json()["rating"], len(again.json()["corrections"])) == (90, 2)
    assert len(await desk.register.events("revisit.done.v1")) == 2  # nothing that counts has changed
    elsewhere = await desk.due_call(await desk.handled())
    crossed = f"/revisits/{elsewhere['id']}/attempts/{attempt['id']}/corrections"
    assert (await desk.register.post(crossed, body, me)).status_code == 404


async def test_g017_a_call_that_reached_nobody_gets_no_mark_afterwards(desk: Desk) -> None:
    revisit = await desk.due_call(await desk.handled())
    await desk.call(revisit, "no_answer")
    (attempt,) = (await desk.register.get(f"/revisits/{revisit['id']}")).json()["attempt_list"]
    path = f"/revisits/{revisit['id']}/attempts/{attempt['id']}/corrections"
    refused = await desk.register.post(path, {"rating": 90, "reason": "x"}, desk.staff("clerk", desk.caller))
    assert (refused.status_code, [e["path"] for e in refused.json()["errors"]]) == (422, ["rating"])


async def test_e003_the_record_form_has_every_try_and_every_correction(desk: Desk) -> None:
    ticket = await desk.handled()
    revisit = await desk.due_call(ticket)
    url = f"{BASE}/tickets/{ticket['id']}/documents/revisit-record.pdf"
    numbers = set()

    async def printed() -> None:
        answer = await desk.register.api.get(url, headers=desk.staff())
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF-"), answer.text
        numbers.add(answer.headers["X-Document-Number"])

    await desk.call(revisit, "no_answer")
    await printed()
    await desk.call(revisit, rating=20)
    await printed()
    attempt = (await desk.register.get(f"/revisits/{revisit['id']}")).json()["attempt_list"][-1]
    fix = {"rating": 90, "reason": "录入时按错"}
    path = f"/revisits/{revisit['id']}/attempts/{attempt['id']}/corrections"
    await desk.register.post(path, fix, desk.staff("clerk", desk.caller))
    await printed()
    await printed()
    assert len(numbers) == 3  # a try or a correction makes another document, printing again does not


def test_c049_e003_what_stands_on_the_record_form() -> None:
    call = {
        "round": 1, "occurred_at": NOON + H, "caller": "王芳", "channel": "phone", "outcome": "reached", "rating": 20,
        "note": "#panic(1) 满意",
        "corrections": [{"recorded_at": NOON + 2 * H, "rating": 90, "note": None, "reason": "录入时按错"}],
    }  # fmt: skip
    ticket = {"number": "C20250307-0001", "summary": "电梯噪音", "result": None, "completed_at": NOON}
    zone = ZoneInfo("Asia/Shanghai")
    subject = Subject(ticket, "翠溪花园", "翠溪花园 1-101", "1-101", "张伟", "13812341234", "", zone, [call])
    content = forms()["revisit-record"].content(subject)
    (shown,) = content["calls"]
    assert (shown["at"], shown["caller"], shown["outcome"]) == ("2025-03-07 10:00", "王芳", "接通 / reached")
    assert (shown["rating"], shown["note"]) == ("20", "#panic(1) 满意")
    assert shown["corrections"] == [{"at": "2025-03-07 11:00", "rating": "90", "note": "", "reason": "录入时按错"}]
    head = {"number": "X-1", "content_hash": "0" * 64, "issued_at": "", "organisation": "测试物业"}
    template = forms()["revisit-record"].template
    assert render(template, {**content, "document": head}, NOON).startswith(b"%PDF-")
