"""Work notifications of DingTalk (钉钉) to staff, by their user ids.

Settings: STEWARD_NOTIFY_DINGTALK_APP_KEY, …_APP_SECRET and …_AGENT_ID; without them the channel is off.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from typing import Any, Final

import httpx
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notify.channels.providers._http import ask, body_of, client_of, judge
from services.notify.channels.providers._text import text_of
from services.notify.channels.providers._tokens import with_token
from services.notify.domain.channels import Channel, Example, Outgoing, Session
from services.notify.domain.delivery import Outcome, Result

STALE: Final = frozenset({40014, 42001})
#: Busy, and the limits of a second, a minute or a day.
BUSY: Final = frozenset({-1, 90002, 90003, 90004, 90005, 90006, 90018})
#: Nobody of this id.
GONE: Final = frozenset({33012, 60121})


class DingTalkSettings(BaseSettings):
    """The channel's own settings; seconds for the time-outs."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_NOTIFY_DINGTALK_", extra="ignore")

    url: str = "https://oapi.dingtalk.com"
    app_key: str | None = None
    app_secret: SecretStr | None = None
    agent_id: int | None = None
    connect_timeout: float = 3.0
    read_timeout: float = 10.0


@cache
def settings() -> DingTalkSettings:
    """The settings of this process, read once."""
    return DingTalkSettings()


def classify(
    *, status: int, errcode: int | None = None, reference: str | None = None, headers: Mapping[str, str] | None = None
) -> Result:
    """What an answer means."""
    return judge(status=status, code=errcode, busy=BUSY, never=GONE, reference=reference, headers=headers)


EXAMPLES = (
    Example("taken", {"status": 200, "errcode": 0, "reference": "256271667526"}, Outcome.SENT),
    Example("no such member", {"status": 200, "errcode": 33012}, Outcome.REFUSED),
    Example("too many calls", {"status": 200, "errcode": 90018}, Outcome.THROTTLED),
    Example("our secret is wrong", {"status": 200, "errcode": 40089}, Outcome.ACCOUNT),
    Example("the application may not do this", {"status": 200, "errcode": 60011}, Outcome.ACCOUNT),
    Example("a gateway failed", {"status": 502}, Outcome.UNKNOWN),
)


def request(message: Outgoing, agent_id: int | None) -> dict[str, Any]:
    """The body of a call, as DingTalk's documentation has it."""
    return {
        "agent_id": agent_id,
        "userid_list": message.address,
        "msg": {"msgtype": "text", "text": {"content": text_of(message)}},
    }


def code_of(said: Mapping[str, Any]) -> int | None:
    """The code of an answer: where the gateway refuses (88), the one that it wraps."""
    code = said.get("errcode")
    inner = said.get("sub_code")
    if code == 88 and isinstance(inner, str | int) and str(inner).isdigit():
        return int(inner)
    return code if isinstance(code, int) else None


class DingTalkSession:
    """One HTTP client for a batch."""

    def __init__(self, client: httpx.AsyncClient, given: DingTalkSettings) -> None:
        self._client = client
        self._given = given

    async def send(self, message: Outgoing) -> Result:
        """One attempt to one member."""
        body = request(message, self._given.agent_id)
        path = "/topapi/message/corpconversation/asyncsend_v2"

        async def call(token: str) -> httpx.Response | Result:
            return await ask(self._client, method="POST", url=path, params={"access_token": token}, json=body)

        key = f"{self._given.url}|{self._given.app_key}"
        found = await with_token(key, self._fetch, call, lambda said: code_of(said) in STALE)
        if isinstance(found, Result):
            return found
        answer, said = found
        task = said.get("task_id")
        result = classify(
            status=answer.status_code,
            errcode=code_of(said),
            reference=None if task is None else str(task),
            headers=answer.headers,
        )
        return replace(result, gone=(message.address,)) if result.outcome is Outcome.REFUSED else result

    async def _fetch(self) -> tuple[str, int] | Result:
        secret = self._given.app_secret
        assert secret is not None  # `enabled` is asked before
        params = {"appkey": self._given.app_key, "appsecret": secret.get_secret_value()}
        answer = await ask(self._client, method="GET", url="/gettoken", params=params)
        if isinstance(answer, Result):
            return answer
        said = body_of(answer)
        if said.get("errcode") == 0 and said.get("access_token"):
            return str(said["access_token"]), int(said.get("expires_in", 0))
        return judge(status=answer.status_code, code=code_of(said) or None, busy=BUSY)


@asynccontextmanager
async def session() -> AsyncIterator[Session]:
    """A session for a batch of messages."""
    given = settings()
    async with client_of(given.url, given.connect_timeout, given.read_timeout) as client:
        yield DingTalkSession(client, given)


CHANNEL = Channel(
    code="dingtalk",
    zh="钉钉工作通知",
    en="DingTalk work notification",
    address="dingtalk",
    enabled=lambda: None not in (settings().app_key, settings().app_secret, settings().agent_id),
    open=session,
    classify=classify,
    rings=True,
)
