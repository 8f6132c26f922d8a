"""Application messages of WeCom (企业微信) to staff, by their user ids.

Settings: STEWARD_NOTIFY_WECOM_CORP_ID, …_SECRET (of the application) and …_AGENT_ID; without them the channel is off.
WeCom drops what is the same within half an hour, so an attempt that is repeated reaches nobody twice.
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
BUSY: Final = frozenset({-1, 45009, 45033})
#: Nobody of this id, or nobody whom the application may see.
GONE: Final = frozenset({60111, 81013})


class WeComSettings(BaseSettings):
    """The channel's own settings; seconds for the time-outs."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_NOTIFY_WECOM_", extra="ignore")

    url: str = "https://qyapi.weixin.qq.com"
    corp_id: str | None = None
    secret: SecretStr | None = None
    agent_id: int | None = None
    connect_timeout: float = 3.0
    read_timeout: float = 10.0


@cache
def settings() -> WeComSettings:
    """The settings of this process, read once."""
    return WeComSettings()


def classify(
    *,
    status: int,
    errcode: int | None = None,
    not_reached: bool = False,
    reference: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Result:
    """What an answer means; `not_reached`: it names the receiver among those that it could not reach."""
    if errcode == 0 and not_reached:
        return Result(Outcome.REFUSED, "invaliduser")
    return judge(status=status, code=errcode, busy=BUSY, never=GONE, reference=reference, headers=headers)


EXAMPLES = (
    Example("taken", {"status": 200, "errcode": 0}, Outcome.SENT),
    Example("not a member", {"status": 200, "errcode": 0, "not_reached": True}, Outcome.REFUSED),
    Example("nobody whom the application may see", {"status": 200, "errcode": 81013}, Outcome.REFUSED),
    Example("too many calls", {"status": 200, "errcode": 45009}, Outcome.THROTTLED),
    Example("our secret is wrong", {"status": 200, "errcode": 40001}, Outcome.ACCOUNT),
    Example("our address is not on the list", {"status": 200, "errcode": 60020}, Outcome.ACCOUNT),
    Example("a gateway failed", {"status": 502}, Outcome.UNKNOWN),
)


def request(message: Outgoing, agent_id: int | None) -> dict[str, Any]:
    """The body of a call, as WeCom's documentation has it."""
    return {
        "touser": message.address,
        "msgtype": "text",
        "agentid": agent_id,
        "text": {"content": text_of(message)},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 1800,
    }


class WeComSession:
    """One HTTP client for a batch."""

    def __init__(self, client: httpx.AsyncClient, given: WeComSettings) -> None:
        self._client = client
        self._given = given

    async def send(self, message: Outgoing) -> Result:
        """One attempt to one member."""
        body = request(message, self._given.agent_id)

        async def call(token: str) -> httpx.Response | Result:
            params = {"access_token": token}
            return await ask(self._client, method="POST", url="/cgi-bin/message/send", params=params, json=body)

        key = f"{self._given.url}|{self._given.corp_id}|{self._given.agent_id}"
        found = await with_token(key, self._fetch, call, lambda said: said.get("errcode") in STALE)
        if isinstance(found, Result):
            return found
        answer, said = found
        # Ids come back in lower case.
        left_out = f"{said.get('invaliduser') or ''}|{said.get('unlicenseduser') or ''}".lower().split("|")
        result = classify(
            status=answer.status_code,
            errcode=said.get("errcode"),
            not_reached=message.address.lower() in left_out,
            reference=said.get("msgid"),
            headers=answer.headers,
        )
        return replace(result, gone=(message.address,)) if result.outcome is Outcome.REFUSED else result

    async def _fetch(self) -> tuple[str, int] | Result:
        secret = self._given.secret
        assert secret is not None  # `enabled` is asked before
        params = {"corpid": self._given.corp_id, "corpsecret": secret.get_secret_value()}
        answer = await ask(self._client, method="GET", url="/cgi-bin/gettoken", params=params)
        if isinstance(answer, Result):
            return answer
        said = body_of(answer)
        if said.get("errcode") == 0 and said.get("access_token"):
            return str(said["access_token"]), int(said.get("expires_in", 0))
        return judge(status=answer.status_code, code=said.get("errcode") or None, busy=BUSY)


@asynccontextmanager
async def session() -> AsyncIterator[Session]:
    """A session for a batch of messages."""
    given = settings()
    async with client_of(given.url, given.connect_timeout, given.read_timeout) as client:
        yield WeComSession(client, given)


CHANNEL = Channel(
    code="wecom",
    zh="企业微信",
    en="WeCom",
    address="wecom",
    enabled=lambda: None not in (settings().corp_id, settings().secret, settings().agent_id),
    open=session,
    classify=classify,
    rings=True,
)
