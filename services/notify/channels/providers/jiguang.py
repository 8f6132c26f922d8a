"""App notifications by Jiguang (极光推送, Push API v3).

Settings: STEWARD_NOTIFY_JIGUANG_APP_KEY and …_MASTER_SECRET (without them it is off), …_PRODUCTION (of Apple's
service), …_RATE (calls a second of one process).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from typing import Any, Final

import httpx
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notify.channels.providers._devices import each
from services.notify.channels.providers._http import ask, body_of, client_of, judge
from services.notify.domain.channels import Example, Outgoing, Provider, Session
from services.notify.domain.delivery import Outcome, Result

CODE: Final = "jiguang"
#: Too many calls of the application; a time-out inside, before it was taken.
BUSY: Final = frozenset({2002, 1030})
#: No device of this registration: the app was removed, or is another's.
GONE: Final = frozenset({1011})
#: The text is too long.
NEVER: Final = frozenset({1011, 1005})
#: Failed inside, and does not say where.
INSIDE: Final = frozenset({1000})
#: Seconds for which a device that is off may still get it.
LIVES: Final = 86_400


class JiguangSettings(BaseSettings):
    """The provider's own settings; seconds for the time-outs."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_NOTIFY_JIGUANG_", extra="ignore")

    url: str = "https://api.jpush.cn"
    app_key: str | None = None
    master_secret: SecretStr | None = None
    production: bool = True
    rate: int | None = None
    connect_timeout: float = 3.0
    read_timeout: float = 10.0


@cache
def settings() -> JiguangSettings:
    """The settings of this process, read once."""
    return JiguangSettings()


def classify(
    *, status: int, code: int | None = None, reference: str | None = None, headers: Mapping[str, str] | None = None
) -> Result:
    """What an answer means; `code` is that of the error in it."""
    if status == 200 and code is None:
        return Result(Outcome.SENT, "200", reference=reference)
    if code in INSIDE:
        return Result(Outcome.UNKNOWN, str(code))
    return judge(status=status, code=code, busy=BUSY, never=NEVER, headers=headers)


EXAMPLES = (
    Example("taken", {"status": 200, "reference": "1828256757"}, Outcome.SENT),
    Example("no such device", {"status": 400, "code": 1011}, Outcome.REFUSED),
    Example("too long", {"status": 400, "code": 1005}, Outcome.REFUSED),
    Example("too many calls", {"status": 429, "code": 2002}, Outcome.THROTTLED),
    Example("our secret is wrong", {"status": 401, "code": 1004}, Outcome.ACCOUNT),
    Example("the key is none", {"status": 400, "code": 1008}, Outcome.ACCOUNT),
    Example("failed inside", {"status": 500, "code": 1000}, Outcome.UNKNOWN),
    Example("a gateway failed", {"status": 502}, Outcome.UNKNOWN),
)


def authorisation(app_key: str, secret: str) -> str:
    """The header's value, as Jiguang's documentation has it."""
    return f"Basic {b64encode(f'{app_key}:{secret}'.encode()).decode()}"


def request(message: Outgoing, device: str, *, production: bool) -> dict[str, Any]:
    """The body of a call, as Jiguang's documentation has it."""
    return {
        "platform": "all",
        "audience": {"registration_id": [device]},
        "notification": {
            "android": {"alert": message.body, "title": message.title},
            "ios": {"alert": {"title": message.title, "body": message.body}, "sound": "default"},
        },
        "options": {"time_to_live": LIVES, "apns_production": production},
    }


class JiguangSession:
    """One HTTP client for a batch."""

    def __init__(self, client: httpx.AsyncClient, given: JiguangSettings) -> None:
        self._client = client
        self._given = given

    async def send(self, message: Outgoing) -> Result:
        """One attempt to each of a person's devices."""
        return await each(message.address, lambda device: self._one(message, device))

    async def _one(self, message: Outgoing, device: str) -> Result:
        given = self._given
        assert given.app_key is not None and given.master_secret is not None  # `enabled` is asked before
        answer = await ask(
            self._client,
            method="POST",
            url="/v3/push",
            headers={"Authorization": authorisation(given.app_key, given.master_secret.get_secret_value())},
            json=request(message, device, production=given.production),
        )
        if isinstance(answer, Result):
            return answer
        said = body_of(answer)
        error = said.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        if answer.status_code == 200 and "msg_id" not in said:
            return Result(Outcome.UNKNOWN, "200")
        result = classify(
            status=answer.status_code, code=code, reference=str(said.get("msg_id") or ""), headers=answer.headers
        )
        return replace(result, gone=(device,)) if code in GONE else result


@asynccontextmanager
async def session() -> AsyncIterator[Session]:
    """A session for a batch of messages."""
    given = settings()
    async with client_of(given.url, given.connect_timeout, given.read_timeout) as client:
        yield JiguangSession(client, given)


PROVIDER = Provider(
    code=CODE,
    channel="push",
    enabled=lambda: None not in (settings().app_key, settings().master_secret),
    open=session,
    classify=classify,
    rate=lambda: settings().rate,
    address=CODE,
)
