"""A request's id, given at the door, is found wherever the request had an effect."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import structlog

from services.notify.channels import email
from services.ticketing.orgs.service import create_in
from shared.telemetry import logs
from tests.support.world import World
from tests.ticketing.support import Register

NAME = "walk-through-0042"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What the processes would write to their logs: all of them, for here they are one."""
    kept: list[dict[str, Any]] = []

    def keep(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        kept.append(dict(event))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.add_log_level, logs._add_context, keep],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        cache_logger_on_first_use=False,
    )
    out = io.BytesIO()
    monkeypatch.setattr(logs, "_out", out)
    monkeypatch.setattr(logs, "_access_on", True)
    yield kept
    structlog.configure(**before)


def accesses(path: str) -> list[dict[str, Any]]:
    """The lines of answered requests."""
    assert isinstance(logs._out, io.BytesIO)
    found = [json.loads(line) for line in logs._out.getvalue().splitlines()]
    return [line for line in found if line.get("route") == path]


async def rows(world: World, service: str, org: UUID, statement: str, *arguments: Any) -> list[Any]:
    async with world.runtime(service).db.read(org) as tx:
        found: list[Any] = await tx.raw.fetch(statement, org, *arguments)
    return found


async def test_a_request_is_found_by_its_id_in_logs_events_audit_timers_jobs_and_at_its_subscribers(
    world: World, api: httpx.AsyncClient, org: UUID, lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.runtime("ticketing").db.tx(org) as tx:
        await create_in(tx, "测试物业")
    register = Register(world, api, org)
    community = await register.community("CX")
    await register.stored(
        "people", [{"external_id": "CX-P1", "name": "张1伟", "phone": "13812340001", "email": "one@example.com"}]
    )
    await world.drain(org)
    # A mail server that nobody listens at: what matters here is the job.
    monkeypatch.setattr(email, "settings", lambda: email.EmailSettings(url="smtp://127.0.0.1:9"))
    body = {
        "community_id": str(community.id),
        "unit_id": str(community.units[0]),
        "kind": "repair",
        "summary": "厨房水管漏水",
        "urgency": "normal",
        "channel": "app",
    }
    headers = {**register.resident(community, 0), "X-Request-Id": NAME, "Idempotency-Key": "trail-1"}
    answer = await api.post("/ticketing/v1/tickets", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.headers["X-Request-Id"] == NAME

    # The API's log.
    [line] = accesses("/ticketing/v1/tickets")
    assert (line["request_id"], line["status"]) == (NAME, 201)
    # What it stored, in its own transaction.
    ticket = UUID(answer.json()["id"])
    events = await rows(
        world, "ticketing", org, "SELECT id, trace_id FROM ticketing.outbox WHERE org_id = $1 AND subject = $2", ticket
    )
    assert events and {row["trace_id"] for row in events} == {NAME}
    audits = await rows(
        world, "ticketing", org, "SELECT request_id FROM ticketing.audit WHERE org_id = $1 AND entity_id = $2", ticket
    )
    assert {row["request_id"] for row in audits} <= {NAME}
    timers = await rows(world, "ticketing", org, "SELECT request_id FROM ticketing.timers WHERE org_id = $1")
    assert timers and {row["request_id"] for row in timers} == {NAME}

    # The workers of those who heard of it: their log lines, the message's cause, the job that sends it.
    lines.clear()
    await world.drain(org, timers=False)
    applied = [line for line in lines if line["event"] == "events.applied"]
    assert {line["source"] for line in applied} == {"ticketing"}
    heard = "kpi, notify and ticketing's own search, each once"
    assert len(applied) == 3 and all(NAME in line["request_ids"] for line in applied), heard
    told = await rows(
        world, "notify", org, "SELECT cause_id FROM notify.messages WHERE org_id = $1 AND subject_id = $2", ticket
    )
    assert {row["cause_id"] for row in told} <= {row["id"] for row in events} and told
    sending = [line for line in lines if line["event"] == "job.done" and line["kind"] == "send"]
    assert [line["request_id"] for line in sending] == [NAME]
    later = await rows(world, "notify", org, "SELECT request_id FROM notify.jobs WHERE org_id = $1")
    assert {row["request_id"] for row in later} == {NAME}, "the next attempt carries it on"
