"""What WeChat's mini-programs and service accounts have in common: tokens, codes, and the values of templates."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

import httpx
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from services.notify.channels.providers._http import ask, body_of, client_of, judge
from services.notify.channels.providers._tokens import with_token
from services.notify.domain.channels import Outgoing, Session
from services.notify.domain.delivery import Result

#: The access token is wrong or over; a new one cures it.
STALE: Final = frozenset({40001, 40014, 42001})
#: System busy; the API's own quota for a minute or a day.
BUSY: Final = frozenset({-1, 45009, 45011, 45047})
#: Not this openid: it is none of this application.
NO_SUCH_USER: Final = 40003
#: Invalid, used or blocked login codes.
BAD_CODE: Final = frozenset({40029, 40163, 40226, 41008})
#: The most characters of a value, by the kind of keyword in the provider's template.
LENGTHS: Final[Mapping[str, int]] = {
    "thing": 20,
    "name": 10,
    "phrase": 5,
    "character_string": 32,
    "letter": 32,
    "symbol": 5,
    "const": 20,
}


class WechatSettings(BaseSettings):
    """What both need; seconds for the time-outs."""

    url: str = "https://api.weixin.qq.com"
    app_id: str | None = None
    secret: SecretStr | None = None
    rate: int | None = None
    connect_timeout: float = 3.0
    read_timeout: float = 10.0

    @property
    def complete(self) -> bool:
        """Whether there is an application to speak for."""
        return self.app_id is not None and self.secret is not None


def classify(
    *,
    status: int,
    errcode: int | None = None,
    never: frozenset[int] = frozenset(),
    reference: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Result:
    """What an answer means; `never` are the codes that concern this message to this reader."""
    return judge(status=status, code=errcode, busy=BUSY, never=never, reference=reference, headers=headers)


def value(keyword: str, text: str) -> str:
    """A value as WeChat takes it for a keyword such as `thing1`: too long ones are cut, amounts have no blanks."""
    kind = re.sub(r"\d+$", "", keyword)
    if kind == "amount":
        return text.replace(" ", "").replace(",", "")
    most = LENGTHS.get(kind)
    text = " ".join(text.split())
    return text if most is None or len(text) <= most else f"{text[: most - 1]}…"


def data_of(message: Outgoing) -> dict[str, dict[str, str]]:
    """The template's keywords with what stands in each."""
    template = message.provider_template
    assert template is not None  # the provider is passed over without one
    return {theirs: {"value": value(theirs, message.variables.get(ours, ""))} for theirs, ours in template.pairs()}


class WechatApi:
    """The API of one application, over one HTTP client."""

    def __init__(self, client: httpx.AsyncClient, given: WechatSettings) -> None:
        self._client = client
        self._given = given

    async def post(self, path: str, body: Mapping[str, Any]) -> tuple[httpx.Response, dict[str, Any]] | Result:
        """A call with the application's token."""

        async def call(token: str) -> httpx.Response | Result:
            return await ask(self._client, method="POST", url=path, params={"access_token": token}, json=dict(body))

        key = f"{self._given.url}|{self._given.app_id}"
        return await with_token(key, self._fetch, call, lambda body: body.get("errcode") in STALE)

    async def _fetch(self) -> tuple[str, int] | Result:
        given = self._given
        assert given.secret is not None  # `enabled` is asked before
        asked = {
            "grant_type": "client_credential",
            "appid": given.app_id,
            "secret": given.secret.get_secret_value(),
        }
        # The stable token is the same for all processes, while a plain one ends that of the others.
        answer = await ask(self._client, method="POST", url="/cgi-bin/stable_token", json=asked)
        if isinstance(answer, Result):
            return answer
        body = body_of(answer)
        if "access_token" not in body:
            return classify(status=answer.status_code, errcode=body.get("errcode"), headers=answer.headers)
        return str(body["access_token"]), int(body.get("expires_in", 0))


class WechatSession:
    """One HTTP client for a batch; `request` writes the body of a call to `path`."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        given: WechatSettings,
        path: str,
        request: Callable[[Outgoing], dict[str, Any]],
        judged: Callable[..., Result],
    ) -> None:
        self._api = WechatApi(client, given)
        self._path, self._request, self._judged = path, request, judged

    async def send(self, message: Outgoing) -> Result:
        """One attempt to one reader."""
        found = await self._api.post(self._path, self._request(message))
        if isinstance(found, Result):
            return found
        answer, body = found
        errcode, msgid = body.get("errcode"), body.get("msgid")
        reference = None if msgid is None else str(msgid)
        result = self._judged(
            status=answer.status_code, errcode=errcode, reference=reference, headers=answer.headers
        )
        return replace(result, gone=(message.address,)) if errcode == NO_SUCH_USER else result


@asynccontextmanager
async def session_of(
    given: WechatSettings, path: str, request: Callable[[Outgoing], dict[str, Any]], judged: Callable[..., Result]
) -> AsyncIterator[Session]:
    """A session for a batch of messages."""
    async with client_of(given.url, given.connect_timeout, given.read_timeout) as client:
        yield WechatSession(client, given, path, request, judged)


async def openid_of(given: WechatSettings, path: str, asked: Mapping[str, str]) -> str | Result:
    """The openid that a code stands for; REFUSED where the code is none."""
    assert given.secret is not None  # `enabled` is asked before
    secret = given.secret.get_secret_value()
    async with client_of(given.url, given.connect_timeout, given.read_timeout) as client:
        params = {"appid": given.app_id, "secret": secret, "grant_type": "authorization_code", **asked}
        answer = await ask(client, method="GET", url=path, params=params)
    if isinstance(answer, Result):
        return answer
    body = body_of(answer)
    openid = body.get("openid")
    if isinstance(openid, str) and openid:
        return openid
    return classify(status=answer.status_code, errcode=body.get("errcode"), never=BAD_CODE)
