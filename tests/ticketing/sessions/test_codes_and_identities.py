"""How codes leave the house, and how identities follow the register."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.simulators._server import served
from services.ticketing.providers.senders._base import CodeMessage
from services.ticketing.providers.senders.http import Http
from services.ticketing.providers.senders.log import Log
from services.ticketing.sessions import senders
from services.ticketing.sessions.secrets import INSTALLATION, Forged, Vault
from services.ticketing.settings import Settings
from shared.errors import Permanent, Retryable, Throttled
from shared.settings import ConfigurationError
from tests.support.world import World
from tests.ticketing.sessions.support import PASSWORD, Door
from tests.ticketing.support import BASE, Register

MESSAGE = CodeMessage("0195712a", "13812341234", "482913", "zh")
SECRET = "a-secret-of-enough-characters"


def _settings(**more: str) -> Settings:
    return Settings(database_url="postgresql://x", redis_url="redis://x", **more)


class Gateway:
    """A house's own gateway for text messages."""

    def __init__(self) -> None:
        self.status = 202
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.app = Starlette(routes=[Route("/codes", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        self.requests.append((dict(request.headers), await request.body()))
        return Response(status_code=self.status, headers={"retry-after": "7"})


@pytest.fixture
async def gateway() -> AsyncIterator[tuple[Gateway, Settings]]:
    made = Gateway()
    async with served(made.app) as url:
        yield made, _settings(code_sender="http", code_sender_url=f"{url}/codes", code_sender_secret=SECRET)


async def test_a_code_is_posted_with_a_signature(gateway: tuple[Gateway, Settings]) -> None:
    made, settings = gateway
    await Http().send(settings, MESSAGE)
    headers, body = made.requests[0]
    told = json.loads(body)
    assert (told["to"], told["code"], told["language"]) == ("13812341234", "482913", "zh")
    assert "482913" in told["text"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == wanted


@pytest.mark.parametrize(
    ("status", "error"), [(429, Throttled), (500, Retryable), (503, Retryable), (400, Permanent), (302, Permanent)]
)
async def test_what_the_gateway_says_decides_whether_it_is_tried_again(
    gateway: tuple[Gateway, Settings], status: int, error: type[Exception]
) -> None:
    made, settings = gateway
    made.status = status
    with pytest.raises(error):
        await Http().send(settings, MESSAGE)


async def test_a_gateway_that_is_away_is_tried_again_and_one_without_a_secret_never() -> None:
    away = _settings(code_sender_url="http://127.0.0.1:9/codes", code_sender_secret=SECRET)
    with pytest.raises(Retryable):
        await Http().send(away, MESSAGE)
    with pytest.raises(Permanent):
        await Http().send(_settings(code_sender_url="http://127.0.0.1:9/", code_sender_secret="short"), MESSAGE)


async def test_in_development_the_code_stands_in_the_log_and_the_phone_does_not() -> None:
    with structlog.testing.capture_logs() as lines:
        await Log().send(_settings(mode="development"), MESSAGE)
    assert lines[0]["one_time_code"] == "482913"
    assert "13812341234" not in json.dumps(lines)


def test_production_has_no_sender_by_itself_and_refuses_the_log() -> None:
    assert senders.configured(_settings(mode="production")) is None
    assert senders.configured(_settings(mode="development")) is not None
    with pytest.raises(ConfigurationError, match="log"):
        senders.configured(_settings(mode="production", code_sender="log"))
    with pytest.raises(ConfigurationError, match="pigeon"):
        senders.configured(_settings(code_sender="pigeon"))


async def test_without_a_sender_codes_are_refused_in_time(door: Door, world: World) -> None:
    rt = world.runtime("ticketing")
    del rt.state[senders.STATE]
    kept, rt.settings = rt.settings, rt.settings.model_copy(update={"mode": "production"})
    try:
        answer = await door.post("/sessions/codes", {"phone": "13812341234"})
    finally:
        rt.settings = kept
    assert (answer.status_code, answer.json()["code"]) == (503, "ticketing.sign_in.no_code_sender")


async def test_a_job_waits_with_its_code_sealed(door: Door, people: dict[str, str]) -> None:
    """The queue is a table like others: whoever reads it reads no phone and no code."""
    await door.post("/sessions/codes", {"phone": people["owner"]})
    async with door.world.runtime("ticketing").db.read(INSTALLATION) as tx:
        found = await tx.raw.fetchval("SELECT string_agg(payload::text, '') FROM ticketing.jobs")
    assert people["owner"] not in found
    await door.work()
    assert door.phones.last(people["owner"]) not in found


async def test_a_register_from_before_is_brought_in_step(
    door: Door, people: dict[str, str], register: Register, world: World, api: httpx.AsyncClient
) -> None:
    async with world.runtime("ticketing").db.plain() as raw:
        await raw.execute("DELETE FROM ticketing.identities WHERE organisation_id = $1", register.org)
    stranger = {"grant": "password", "login": people["clerk"], "password": PASSWORD}
    assert (await door.post("/sessions", stranger)).status_code == 401
    clerk = world.token("clerk", register.org)
    assert (await api.post(f"{BASE}/sessions/identities/rebuild", headers=clerk)).status_code == 403
    ops = world.token("ops", register.org)
    assert (await api.post(f"{BASE}/sessions/identities/rebuild", headers=ops)).status_code == 202
    await door.work(register.org)
    assert (await door.owner(people["owner"], address="203.0.113.50"))["access_token"]


def test_what_one_purpose_sealed_no_other_opens() -> None:
    vault = Vault(b"\x11" * 32)
    sealed = vault.seal_text("choice", {"a": 1})
    assert vault.unseal_text("choice", sealed) == {"a": 1}
    for purpose, text in (("code", sealed), ("choice", sealed[:-2] + "xx"), ("choice", ""), ("choice", "!")):
        with pytest.raises(Forged):
            vault.unseal_text(purpose, text)
    with pytest.raises(Forged):
        Vault(b"\x22" * 32).unseal_text("choice", sealed)
    assert vault.hash("a", "bc", "d") != vault.hash("a", "b", "cd"), "parts do not run into each other"


async def test_a_session_of_nobody_is_unknown(world: World, register: Register, api: httpx.AsyncClient) -> None:
    """Tokens outside any session (development, systems) have none to end."""
    token = world.token("clerk", register.org)
    assert (await api.delete(f"{BASE}/sessions/current", headers=token)).status_code == 404
    assert (await api.delete(f"{BASE}/sessions/{uuid4()}", headers=token)).status_code == 404
