"""App notifications by Getui (个推, REST API v2).

Settings: STEWARD_NOTIFY_GETUI_APP_ID, …_APP_KEY and …_MASTER_SECRET (without them it is off), …_RATE (calls a second of
one process). Getui knows a repetition by `request_id`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from hashlib import sha256
from typing import Any, Final

import httpx
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notify.channels.providers._devices import each
from services.notify.channels.providers._http import ask, body_of, client_of, judge
from services.notify.channels.providers._tokens import with_token
from services.notify.domain.channels import Example, Outgoing, Provider, Session
from services.notify.domain.delivery import Outcome, Result
from shared import clock

CODE: Final = "getui"
STALE: Final = frozenset({10001})
#: Limits of calls a minute, of the day's pushes, of this device; a service that starts.
BUSY: Final = frozenset({2, 10003, 10005, 30001, 30002, 30005})
#: Parameters, which are all ours but the device; `target user is invalid` among them.
BAD: Final = 20001
#: Milliseconds for which a device that is off may still get it.
LIVES: Final = 86_400_000
#: The most characters that it takes.
TITLE: Final = 50
BODY: Final = 256


class GetuiSettings(BaseSettings):
    """The provider's own settings; seconds for the time-outs."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_NOTIFY_GETUI_", extra="ignore")

    url: str = "https://restapi.getui.com"
    app_id: str | None = None
    app_key: str | None = None
    master_secret: SecretStr | None = None
    rate: int | None = None
    connect_timeout: float = 3.0
    read_timeout: float = 10.0


@cache
def settings() -> GetuiSettings:
    """The settings of this process, read once."""
    return GetuiSettings()


def classify(
    *,
    status: int,
    code: int | None = None,
    target: bool = False,
    reference: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Result:
    """What an answer means; `target`: it says that the device is none."""
    if code == BAD and target:
        return Result(Outcome.REFUSED, "target")
    return judge(status=status, code=code, busy=BUSY, reference=reference, headers=headers)


EXAMPLES = (
    Example("taken", {"status": 200, "code": 0}, Outcome.SENT),
    Example("no such device", {"status": 400, "code": 20001, "target": True}, Outcome.REFUSED),
    Example("too many calls a minute", {"status": 401, "code": 10005}, Outcome.THROTTLED),
    Example("a parameter of ours", {"status": 400, "code": 20001}, Outcome.ACCOUNT),
    Example("our address is on its black list", {"status": 401, "code": 10002}, Outcome.ACCOUNT),
    Example("a gateway failed", {"status": 502}, Outcome.UNKNOWN),
)


def signature(app_key: str, millis: str, secret: str) -> str:
    """What signs a request for a token, as Getui's documentation has it."""
    return sha256(f"{app_key}{millis}{secret}".encode()).hexdigest()


def request(message: Outgoing, device: str) -> dict[str, Any]:
    """The body of a call, as Getui's documentation has it; the id is of this message on this device."""
    return {
        "request_id": sha256(f"{message.key}{device}".encode()).hexdigest()[:32],
        "settings": {"ttl": LIVES},
        "audience": {"cid": [device]},
        "push_message": {
            "notification": {
                "title": _cut(message.title, TITLE),
                "body": _cut(message.body, BODY),
                "click_type": "startapp",
            }
        },
    }


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


class GetuiSession:
    """One HTTP client for a batch."""

    def __init__(self, client: httpx.AsyncClient, given: GetuiSettings) -> None:
        self._client = client
        self._given = given

    async def send(self, message: Outgoing) -> Result:
        """One attempt to each of a person's devices."""
        return await each(message.address, lambda device: self._one(message, device))

    async def _one(self, message: Outgoing, device: str) -> Result:
        path = f"/v2/{self._given.app_id}/push/single/cid"
        body = request(message, device)

        async def call(token: str) -> httpx.Response | Result:
            return await ask(self._client, method="POST", url=path, headers={"token": token}, json=body)

        key = f"{self._given.url}|{self._given.app_id}"
        found = await with_token(key, self._fetch, call, lambda said: said.get("code") in STALE)
        if isinstance(found, Result):
            return found
        answer, said = found
        target = "target user" in str(said.get("msg") or "")
        data = said.get("data")
        reference = next(iter(data), None) if isinstance(data, dict) else None
        result = classify(
            status=answer.status_code,
            code=said.get("code"),
            target=target,
            reference=reference,
            headers=answer.headers,
        )
        return replace(result, gone=(device,)) if result.outcome is Outcome.REFUSED else result

    async def _fetch(self) -> tuple[str, int] | Result:
        given = self._given
        assert given.app_key is not None and given.master_secret is not None  # `enabled` is asked before
        now = clock.wall()
        millis = str(int(now.timestamp() * 1000))
        asked = {
            "sign": signature(given.app_key, millis, given.master_secret.get_secret_value()),
            "timestamp": millis,
            "appkey": given.app_key,
        }
        answer = await ask(self._client, method="POST", url=f"/v2/{given.app_id}/auth", json=asked)
        if isinstance(answer, Result):
            return answer
        said = body_of(answer)
        data = said.get("data")
        if said.get("code") == 0 and isinstance(data, dict) and data.get("token"):
            ends = int(data.get("expire_time") or 0) // 1000
            return str(data["token"]), max(int(ends - now.timestamp()), 0)
        return judge(status=answer.status_code, code=said.get("code") or None, busy=BUSY)


@asynccontextmanager
async def session() -> AsyncIterator[Session]:
    """A session for a batch of messages."""
    given = settings()
    async with client_of(given.url, given.connect_timeout, given.read_timeout) as client:
        yield GetuiSession(client, given)


PROVIDER = Provider(
    code=CODE,
    channel="push",
    enabled=lambda: None not in (settings().app_id, settings().app_key, settings().master_secret),
    open=session,
    classify=classify,
    rate=lambda: settings().rate,
    address=CODE,
)
