"""Messages of a Feishu (飞书) application to staff, by their user ids.

Settings: STEWARD_NOTIFY_FEISHU_APP_ID and …_APP_SECRET (without them the channel is off), …_ID_TYPE (user_id, open_id
or union_id: which ids the work accounts are). Feishu knows a repetition within the hour by the delivery's id.
"""

from __future__ import annotations

import json
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

STALE: Final = frozenset({99991661, 99991663, 99991664, 99991668})
BUSY: Final = frozenset({99991400, 230020})
#: A parameter, which can only be the receiver; somebody the robot may not see; words or a length that are not taken.
NEVER: Final = frozenset({230001, 230013, 230022, 230025})
GONE: Final = frozenset({230001, 230013})


class FeishuSettings(BaseSettings):
    """The channel's own settings; seconds for the time-outs."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_NOTIFY_FEISHU_", extra="ignore")

    url: str = "https://open.feishu.cn"
    app_id: str | None = None
    app_secret: SecretStr | None = None
    id_type: str = "user_id"
    connect_timeout: float = 3.0
    read_timeout: float = 10.0


@cache
def settings() -> FeishuSettings:
    """The settings of this process, read once."""
    return FeishuSettings()


def classify(
    *, status: int, code: int | None = None, reference: str | None = None, headers: Mapping[str, str] | None = None
) -> Result:
    """What an answer means. Refusals come with status 400 and a code of theirs."""
    return judge(status=status, code=code, busy=BUSY, never=NEVER, reference=reference, headers=headers)


EXAMPLES = (
    Example("taken", {"status": 200, "code": 0, "reference": "om_dc13264520392913993dd051dba21dcf"}, Outcome.SENT),
    Example("the robot may not see this member", {"status": 400, "code": 230013}, Outcome.REFUSED),
    Example("too often", {"status": 400, "code": 230020}, Outcome.THROTTLED),
    Example("too many calls", {"status": 429, "code": 99991400}, Outcome.THROTTLED),
    Example("the robot is not switched on", {"status": 400, "code": 230006}, Outcome.ACCOUNT),
    Example("a right is missing", {"status": 400, "code": 230027}, Outcome.ACCOUNT),
    Example("a gateway failed", {"status": 502}, Outcome.UNKNOWN),
)


def request(message: Outgoing) -> dict[str, Any]:
    """The body of a call, as Feishu's documentation has it: the content is JSON in JSON."""
    return {
        "receive_id": message.address,
        "msg_type": "text",
        "content": json.dumps({"text": text_of(message)}, ensure_ascii=False),
        "uuid": message.key,
    }


class FeishuSession:
    """One HTTP client for a batch."""

    def __init__(self, client: httpx.AsyncClient, given: FeishuSettings) -> None:
        self._client = client
        self._given = given

    async def send(self, message: Outgoing) -> Result:
        """One attempt to one member."""
        body = request(message)

        async def call(token: str) -> httpx.Response | Result:
            return await ask(
                self._client,
                method="POST",
                url="/open-apis/im/v1/messages",
                params={"receive_id_type": self._given.id_type},
                headers={"Authorization": f"Bearer {token}"},
                json=body,
            )

        key = f"{self._given.url}|{self._given.app_id}"
        found = await with_token(key, self._fetch, call, lambda said: said.get("code") in STALE)
        if isinstance(found, Result):
            return found
        answer, said = found
        data = said.get("data")
        reference = data.get("message_id") if isinstance(data, dict) else None
        code = said.get("code")
        result = classify(status=answer.status_code, code=code, reference=reference, headers=answer.headers)
        return replace(result, gone=(message.address,)) if code in GONE else result

    async def _fetch(self) -> tuple[str, int] | Result:
        secret = self._given.app_secret
        assert secret is not None  # `enabled` is asked before
        asked = {"app_id": self._given.app_id, "app_secret": secret.get_secret_value()}
        path = "/open-apis/auth/v3/tenant_access_token/internal"
        answer = await ask(self._client, method="POST", url=path, json=asked)
        if isinstance(answer, Result):
            return answer
        said = body_of(answer)
        if said.get("code") == 0 and said.get("tenant_access_token"):
            return str(said["tenant_access_token"]), int(said.get("expire", 0))
        return judge(status=answer.status_code, code=said.get("code") or None, busy=BUSY)


@asynccontextmanager
async def session() -> AsyncIterator[Session]:
    """A session for a batch of messages."""
    given = settings()
    async with client_of(given.url, given.connect_timeout, given.read_timeout) as client:
        yield FeishuSession(client, given)


CHANNEL = Channel(
    code="feishu",
    zh="飞书",
    en="Feishu",
    address="feishu",
    enabled=lambda: None not in (settings().app_id, settings().app_secret),
    open=session,
    classify=classify,
    rings=True,
)
