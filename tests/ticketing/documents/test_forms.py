"""The repair record (C-002, E-001) and the work slip (C-004, E-002): numbered, hashed, the same bytes again."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest

from services.ticketing.documents.form import TEMPLATES, Subject, forms
from shared.documents import Template, content_hash, render
from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk, H, z
from tests.ticketing.support import BASE

Clock = Callable[[datetime], Standing]


async def printed(
    desk: Desk, ticket: dict[str, Any], form: str, headers: dict[str, str] | None = None
) -> httpx.Response:
    return await desk.register.api.get(
        f"{BASE}/tickets/{ticket['id']}/documents/{form}.pdf", headers=headers or desk.staff()
    )


def filled(**more: Any) -> Subject:
    ticket = {
        "number": "R20250307-0001", "kind": "repair", "state": "completed", "summary": "厨房水管漏水", "detail": None,
        "appointment": NOON + 5 * H, "received_at": NOON, "urgency": "normal", "department": None, "result": "已更换",
        "arrived_at": NOON + H, "completed_at": NOON + 2 * H, "deadline": None,
        "fields": {"category": "water", "paid": True}, **more,
    }  # fmt: skip
    zone = ZoneInfo("Asia/Shanghai")
    return Subject(ticket, "翠溪花园", "翠溪花园 1幢 1-101", "1幢 1-101", "张伟", "13812341234", "李工", zone)


def test_c002_the_five_fields_stand_on_the_repair_record_and_c007_the_mark_with_its_time() -> None:
    content = forms()["repair-record"].content(filled())
    assert (content["name"], content["phone"]) == ("张伟", "13812341234")
    assert content["address"] == "翠溪花园 1幢 1-101"
    assert content["content"] == "厨房水管漏水" and content["appointment"] == "2025-03-07 14:00"
    assert content["mark"] == "2025-03-07 11:00 已完成维修"
    assert forms()["repair-record"].content(filled(appointment=None))["appointment"] == "无 / none"


def test_c003_c004_the_appointment_goes_with_the_work_slip() -> None:
    content = forms()["work-slip"].content(filled())
    assert content["appointment"] == "2025-03-07 14:00" and content["category"] == "给水 / water"
    assert content["department"] == "维修部 / maintenance"


def test_c100_e025_the_notice_says_to_whom_what_and_until_when_and_c101_e026_the_report_to_which_authority() -> None:
    fields = {"violation": "structure", "addressee": "1-101 业主", "demand": "恢复承重墙", "authority": "住建局"}
    fields |= {"stopped_at": NOON.isoformat(), "report": "拒不停工", "notice_at": (NOON + H).isoformat()}
    violation = filled(kind="renovation_violation", fields=fields, deadline=NOON + 72 * H)
    notice = forms()["stop-notice"].content(violation)
    assert (notice["addressee"], notice["demand"]) == ("1-101 业主", "恢复承重墙")
    assert (notice["stopped_at"], notice["deadline"]) == ("2025-03-07 09:00", "2025-03-10 09:00")
    report = forms()["authority-report"].content(violation)
    assert (report["authority"], report["report"], report["notice_at"]) == ("住建局", "拒不停工", "2025-03-07 10:00")


@pytest.mark.parametrize("slug", sorted(forms()))
def test_a_form_has_the_same_bytes_in_every_process(slug: str) -> None:
    form = forms()[slug]
    head = {"number": "X-1", "content_hash": "0" * 64, "issued_at": "2025-03-07 09:00", "organisation": "测试物业"}
    content = {**form.content(filled()), "document": head}
    first = render(form.template, content, NOON)
    assert first.startswith(b"%PDF-") and render(form.template, content, NOON) == first
    program = (
        "import sys, json, hashlib; from pathlib import Path; from datetime import datetime\n"
        "from shared.documents import Template, render\n"
        f"t = Template(Path({str(TEMPLATES)!r}), {form.code!r})\n"
        "c = json.loads(sys.stdin.read())\n"
        f"print(hashlib.sha256(render(t, c, datetime.fromisoformat({NOON.isoformat()!r}))).hexdigest())"
    )
    again = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(content), capture_output=True, text=True, check=True
    )
    assert again.stdout.strip() == hashlib.sha256(first).hexdigest()


@pytest.mark.parametrize("slug", sorted(forms()))
@pytest.mark.parametrize(
    "text", ["#panic(1)", "$x^2$ *b* _i_", '#import "/etc/passwd"', "]]) <img> \\u{41}", "张" * 300]
)
def test_content_is_text_and_never_markup(slug: str, text: str) -> None:
    form = forms()[slug]
    head = {"number": "X-1", "content_hash": "0" * 64, "issued_at": "", "organisation": text}
    content = form.content(filled(summary=text, detail=text, result=text))
    assert render(form.template, {**content, "document": head}, NOON).startswith(b"%PDF-")


def test_a_long_report_runs_on_to_the_next_page_and_loses_nothing() -> None:
    form = forms()["repair-record"]
    head = {"number": "X-1", "content_hash": "0" * 64, "issued_at": "", "organisation": ""}
    content = form.content(filled(detail="漏水很严重。" * 800))
    assert re.findall(rb"/Count (\d+)", render(form.template, {**content, "document": head}, NOON))[-1] > b"1"


def test_a_template_reads_nothing_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "bad.typ").write_text('#read("../outside.txt")')
    with pytest.raises(RuntimeError):
        render(Template(folder, "bad"), {}, NOON)


def test_hashes_follow_the_content_and_the_template(tmp_path: Path) -> None:
    assert content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1}) != content_hash({"a": 1, "b": 3})
    assert len({form.template.hash for form in forms().values()}) == len(forms())


async def test_a_form_is_numbered_hashed_and_the_same_until_the_case_changes(desk: Desk, standing: Clock) -> None:
    # E-001, E-002
    clock = standing(NOON)
    ticket = await desk.ticket("repair", appointment=z(NOON + 5 * H))
    first = await printed(desk, ticket, "repair-record")
    assert first.status_code == 200 and first.headers["content-type"] == "application/pdf"
    number, digest = first.headers["x-document-number"], first.headers["x-document-sha256"]
    assert number.startswith("BX20250307-") and hashlib.sha256(first.content).hexdigest() == digest
    clock.by(H)
    again = await printed(desk, ticket, "repair-record", desk.staff("supervisor"))
    assert again.content == first.content and again.headers["x-document-number"] == number
    slip = await printed(desk, ticket, "work-slip")
    assert slip.headers["x-document-number"].startswith("WX20250307-")
    await desk.do(ticket, "dispatch", desk.staff(), assignee_id=str(desk.engineer))
    await desk.do(ticket, "arrive", desk.staff("engineer", desk.engineer))
    changed = await printed(desk, ticket, "repair-record")
    assert changed.headers["x-document-number"] != number and changed.content != first.content


async def test_printing_opens_the_persons_data_and_is_recorded(desk: Desk) -> None:
    ticket = await desk.ticket("repair")
    number = (await printed(desk, ticket, "repair-record")).headers["x-document-number"]
    entries = await desk.register.audits("ticket")
    assert [e["after"]["number"] for e in entries if e["action"] == "document.issued"] == [number]
    (opened,) = [e for e in entries if e["action"] == "document.opened"]
    assert opened["person_id"] == desk.community.people[0] and number in opened["after"]["reason"]


async def test_who_may_not_see_the_case_prints_nothing(
    desk: Desk, other_org: Callable[[], Awaitable[UUID]]
) -> None:
    ticket = await desk.ticket("repair")
    assert (await printed(desk, ticket, "repair-record", desk.owner(0))).status_code == 403
    stranger = desk.register.world.token("clerk", await other_org())
    assert (await printed(desk, ticket, "repair-record", stranger)).status_code == 404
    elsewhere = desk.register.staff("clerk", [uuid4()])
    assert (await printed(desk, ticket, "repair-record", elsewhere)).status_code == 404
    complaint = await desk.ticket("complaint")
    answer = await printed(desk, complaint, "work-slip")
    assert (answer.status_code, answer.json()["code"]) == (404, "ticketing.document.unknown")
    assert (await printed(desk, ticket, "nothing")).status_code == 404
