"""What must not be sent: refused by name, seen in the log, and nobody hears anything."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from structlog.testing import capture_logs

from services.notify.domain.sms import MOST
from services.notify.models import attempts, messages, receipts
from shared.telemetry import logs
from tests.notify.support import Feed
from tests.notify.worker.desk import TOKEN, Desk, desk_of
from tests.support.world import World

DAY = datetime.fromisoformat("2025-03-07T10:00:00+08:00")
DRAFT = "/notify/v1/templates/bill.reminder/draft"
WORDS: dict[str, dict[str, str]] = {
    "zh": {"title": "{{ fee_kind }}提醒", "body": "尚有 {{ amount }}。", "sms": "{{ place }}尚有 {{ amount }}。"},
    "en": {"title": "{{ fee_kind }}", "body": "{{ amount }} open.", "sms": "{{ amount }} open."},
}


@pytest.fixture
async def desk(
    world: World, org: UUID, monkeypatch: pytest.MonkeyPatch, standing: Callable[[datetime], Any]
) -> AsyncIterator[Desk]:
    standing(DAY)
    async with desk_of(Feed(world.runtime("notify"), org), monkeypatch) as found:
        await found.approve("aliyun_sms")
        yield found


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[tuple[int, str | None]]]]:
    """(status, problem) of each request, as its line in the log has it."""
    out = io.BytesIO()
    monkeypatch.setattr(logs, "_out", out)
    monkeypatch.setattr(logs, "_access_on", True)

    def lines() -> list[tuple[int, str | None]]:
        found = [json.loads(line) for line in out.getvalue().splitlines()]
        return [(line["status"], line.get("problem")) for line in found]

    yield lines


async def nothing_was_sent(desk: Desk) -> None:
    await desk.run()
    assert (desk.aliyun.calls, desk.tencent.calls, desk.mail.recipients) == (0, 0, [])
    assert await desk.told() in ([], ["message.failed.v1"])


@pytest.mark.parametrize(
    ("words", "problem", "path"),
    [
        ({**WORDS, "zh": {**WORDS["zh"], "body": "尚有 {{ amont }}。"}}, "notify.template.wording_wrong", "zh.body"),
        ({**WORDS, "zh": {**WORDS["zh"], "sms": "欠" * MOST}}, "notify.template.wording_wrong", "zh.sms"),
        ({"zh": WORDS["zh"], "en": {**WORDS["en"], "sms": None}}, "notify.template.wording_wrong", "en.sms"),
        ({"zh": WORDS["zh"]}, "http.request.malformed", "en"),
    ],
    ids=["unknown variable", "too long a text message", "text message in one language", "missing translation"],
)
async def test_a_wording_that_cannot_be_sent_is_refused_logged_and_never_in_force(
    desk: Desk,
    api: httpx.AsyncClient,
    world: World,
    answered: Callable[[], list[tuple[int, str | None]]],
    words: dict[str, Any],
    problem: str,
    path: str,
) -> None:
    manager = world.token("cs_manager", desk.feed.org)
    refused = await api.put(DRAFT, headers=manager, json=words)
    assert (refused.status_code, refused.json()["code"]) == (422, problem)
    assert path in {error["path"] for error in refused.json()["errors"]}
    assert (await api.post(f"{DRAFT}/publish", headers=manager)).status_code == 404
    assert answered() == [(422, problem), (404, "notify.template.no_draft")]
    await nothing_was_sent(desk)


@pytest.mark.parametrize(
    "values", [{"amont": 1}, {"amount": None}, {"due": "someday"}], ids=["unknown", "missing", "of another type"]
)
async def test_a_request_with_values_that_its_template_does_not_know_is_put_aside_logged_and_told_to_nobody(
    desk: Desk, values: dict[str, Any]
) -> None:
    home = await desk.feed.household(phone="13800138000", email="owner@example.com")
    asked = desk.feed.reminder(home, **values)
    with capture_logs() as lines:
        await desk.feed.apply([asked])
    assert [(line["event"], line["event_id"]) for line in lines if line["log_level"] == "error"] == [
        ("event.parked", str(asked.id))
    ]
    assert await desk.rows(messages) == []
    await nothing_was_sent(desk)


@pytest.mark.parametrize("phone", ["owner", "12", "1380013800013800138000"])
async def test_a_number_that_is_none_is_refused_before_anybody_is_asked_and_its_attempt_says_so(
    desk: Desk, phone: str
) -> None:
    await desk.remind(phone=phone)
    await nothing_was_sent(desk)
    assert await desk.states() == [("sms", "failed")]
    assert [(a.outcome, a.code) for a in await desk.rows(attempts)] == [("refused", "address")]
    assert await desk.told() == ["message.failed.v1"]


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/", "https://kpi.internal/"])
async def test_a_webhook_into_our_own_network_is_refused_logged_and_called_by_nobody(
    desk: Desk,
    api: httpx.AsyncClient,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    answered: Callable[[], list[tuple[int, str | None]]],
    url: str,
) -> None:
    rt = desk.feed.rt
    monkeypatch.setattr(rt, "settings", rt.settings.model_copy(update={"mode": "production"}))
    admin = world.token("admin", desk.feed.org)
    body = {"name": "x", "url": url, "events": ["bill.issued.v1"]}
    refused = await api.post("/notify/v1/webhooks", headers=admin, json=body)
    assert (refused.status_code, [e["path"] for e in refused.json()["errors"]]) == (422, ["url"])
    assert answered() == [(422, "notify.webhook.invalid")]
    await desk.feed.apply(desk.feed.bills([await desk.feed.household()]))
    async with rt.db.read(desk.feed.org) as tx:
        kinds = await tx.raw.fetch("SELECT kind FROM notify.jobs WHERE org_id = $1", desk.feed.org)
    assert kinds == []


async def test_a_forged_receipt_is_passed_over_logged_and_moves_nothing(desk: Desk, api: httpx.AsyncClient) -> None:
    await desk.remind(email="owner@example.com")
    await desk.run()
    [taken] = desk.aliyun.taken
    taken.echo = f"{taken.echo[:-1]}{'0' if taken.echo[-1] != '0' else '1'}"
    with capture_logs() as lines:
        answer = await api.post(
            "/notify/v1/receipts/aliyun_sms", params={"token": TOKEN}, json=[desk.aliyun.report(taken, arrived=False)]
        )
    assert answer.status_code == 200  # whoever forges learns nothing
    assert [(line["event"], line["reference"]) for line in lines] == [("receipt.not_ours", taken.reference)]
    await desk.run()
    assert await desk.states() == [("sms", "sent")]
    assert await desk.rows(receipts) == []
    assert (desk.aliyun.calls, desk.mail.recipients) == (1, [])
