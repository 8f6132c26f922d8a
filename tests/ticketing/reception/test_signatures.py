"""Who sent it is settled first: wrong, old, altered and foreign messages are refused alike and change nothing."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared import clock
from shared.http import signed
from tests.ticketing.cases import Desk
from tests.ticketing.reception.support import Exchange, connect

NOT_SIGNED = (401, "ticketing.connection.not_signed")
BODY = b'{"call_id": "a", "event": "offered", "at": "2025-03-07T01:00:00Z"}'


def now() -> int:
    return int(clock.wall().timestamp())


@pytest.mark.parametrize(
    "how",
    [
        {"secret": b"x" * 32},
        {"at": 301},
        {"at": -330},
        {"altered": BODY.replace(b"offered", b"ended")},
        {"key": f"{'0' * 32}.{'0' * 32}"},
        {"id": "x" * 301},
    ],
    ids=["another secret", "of the future", "old", "altered", "unknown connection", "an id nobody writes"],
)
async def test_what_is_not_signed_properly_is_refused(exchange: Exchange, how: dict[str, Any]) -> None:
    if isinstance(how.get("at"), int):
        how = {"at": now() + how["at"]}
    answer = await exchange.post("/calls/events", BODY, **how)
    assert (answer.status_code, answer.json()["code"]) == NOT_SIGNED
    assert (await exchange.desk.register.get("/calls")).json()["items"] == []


async def test_without_a_signature_nothing_is_read(exchange: Exchange) -> None:
    api = exchange.desk.register.api
    path = f"/ticketing/v1/calls/events?connection={exchange.connection['key']}"
    answer = await api.post(path, content=BODY)
    assert (answer.status_code, answer.json()["code"]) == NOT_SIGNED


async def test_a_replay_within_the_window_changes_nothing(exchange: Exchange) -> None:
    at = clock.now()
    first = await exchange.try_tell("a", "offered", at, number="13812340001", id="m1")
    again = await exchange.try_tell("a", "offered", at, number="13812340001", id="m1")
    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert len(await exchange.desk.register.events("call.offered.v1")) == 1


async def test_a_secret_changes_without_a_gap_and_ends_with_its_connection(exchange: Exchange) -> None:
    desk, old, id = exchange.desk, exchange.secret, exchange.connection["id"]
    answer = await desk.register.post(f"/connections/{id}/rotate-secret", {"keep_old_minutes": 5})
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    exchange.connection |= answer.json()
    assert exchange.secret != old
    for secret in (old, exchange.secret):
        assert (await exchange.post("/calls/events", b"{}", secret=secret)).status_code == 422  # believed, and read
    await desk.register.post(f"/connections/{id}/rotate-secret", {"keep_old_minutes": 0})
    assert (await exchange.post("/calls/events", BODY)).status_code == 401
    shown = (await desk.register.get(f"/connections/{id}")).json()
    assert "secret" not in shown
    assert (await desk.register.post(f"/connections/{id}/end", None)).status_code == 200
    assert (await exchange.post("/calls/events", BODY)).status_code == 401


async def test_another_organisations_secret_does_not_sign_for_this_one(
    exchange: Exchange, other_org: Callable[[], Awaitable[UUID]]
) -> None:
    org = await other_org()
    register = exchange.desk.register
    foreign = f"{org.hex}.{exchange.connection['key'].split('.')[1]}"
    assert (await exchange.post("/calls/events", BODY, key=foreign)).status_code == 401
    listed = await register.api.get("/ticketing/v1/connections", headers=register.world.token("admin", org))
    assert listed.json()["items"] == []


async def test_fields_of_an_event_are_named(exchange: Exchange) -> None:
    answer = await exchange.post("/calls/events", b'{"call_id": "a", "event": "sung", "at": "today", "tune": 1}')
    assert (answer.status_code, answer.json()["code"]) == (422, "ticketing.call.event_invalid")
    assert {e["path"] for e in answer.json()["errors"]} == {"event", "at", "tune"}


async def test_a_source_belongs_to_one_connection_and_a_mailbox_says_what_it_is_for(desk: Desk) -> None:
    await connect(desk)
    body = {"kind": "pbx", "name": "x", "source": "pbx-cx"}
    taken = await desk.register.post("/connections", body)
    assert (taken.status_code, taken.json()["code"]) == (409, "ticketing.connection.source_taken")
    mail = await desk.register.post("/connections", {"kind": "mail", "name": "x", "source": "mail"})
    assert {e["path"] for e in mail.json()["errors"]} == {"address", "community_id", "ticket_kind"}
    outside = desk.register.staff("admin", [uuid4()])
    assert (await desk.register.post("/connections", {**body, "source": "y"}, outside)).status_code == 404


def test_signatures_are_those_of_the_standard() -> None:
    """The example of the specification of Standard Webhooks."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    found = signed.sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": f"v1a,zzzz v1,!!! {found}",
    }
    assert signed.is_genuine(headers, body, [b"y" * 32, secret], at + timedelta(minutes=5))
    assert not signed.is_genuine(headers, body, [secret], at + timedelta(minutes=5, seconds=1))
    assert not signed.is_genuine(headers, body, [secret], at - timedelta(minutes=5, seconds=1))
