"""WeCom (企业微信): the code of its OAuth page or QR login -> member, with the phone where the member agreed."""

from __future__ import annotations

from typing import Any, Final

from services.ticketing.providers._config import Provider
from services.ticketing.providers._found import Found, phone_of
from services.ticketing.providers._http import TOKENS, call, down, refused

KIND: Final = "wecom"
_BAD_CODE: Final = frozenset({40029, 42003})
_BAD_TOKEN: Final = frozenset({40014, 42001})


async def identify(provider: Provider, code: str) -> Found:
    """Who has this code. Raises ProviderRefused (also for people outside the company) or ProviderDown."""
    answer = await _with_token(provider, "GET", "/cgi-bin/auth/getuserinfo", {"code": code}, None)
    member = answer.get("userid")
    if not member:  # an openid: somebody who is no member of the company
        raise refused(KIND, "not a member")
    ids = [(KIND, f"{provider.app_id}:{member}")]
    ticket = answer.get("user_ticket")
    if not ticket:
        return Found(ids)
    detail = await _with_token(provider, "POST", "/cgi-bin/auth/getuserdetail", {}, {"user_ticket": ticket})
    if detail.get("userid") != member:
        raise refused(KIND, "the ticket is another member's")
    return Found(ids, phone_of(detail.get("mobile")), detail.get("biz_mail") or detail.get("email") or None)


async def _with_token(
    provider: Provider, method: str, path: str, params: dict[str, str], body: dict[str, Any] | None
) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for last in (False, True):
        token = await _token(provider)
        _, answer = await call(method, provider.url + path, params={"access_token": token, **params}, body=body)
        if answer.get("errcode") in _BAD_TOKEN and not last:
            TOKENS.drop(provider.application)
            continue
        break
    _check(answer)
    return answer


async def _token(provider: Provider) -> str:
    kept = TOKENS.get(provider.application)
    if kept is not None:
        return kept
    _, answer = await call(
        "GET", f"{provider.url}/cgi-bin/gettoken", params={"corpid": provider.app_id, "corpsecret": provider.secret}
    )
    _check(answer)
    token = str(answer["access_token"])
    TOKENS.put(provider.application, token, float(answer.get("expires_in", 0)))
    return token


def _check(answer: dict[str, Any]) -> None:
    code = answer.get("errcode", 0)
    if code in _BAD_CODE:
        raise refused(KIND, code)
    if code:
        raise down(KIND, code)
