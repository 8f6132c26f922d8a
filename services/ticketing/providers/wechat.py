"""WeChat mini-programs: ``code2session`` (login code -> openid) and ``getPhoneNumber`` (phone code -> phone)."""

from __future__ import annotations

from typing import Any, Final

from services.ticketing.providers._config import Provider
from services.ticketing.providers._found import Found, phone_of
from services.ticketing.providers._http import TOKENS, call, down, refused

OPENID: Final = "wechat"
UNIONID: Final = "wechat_union"
#: Invalid or used login and phone codes.
_BAD_CODE: Final = frozenset({40029, 40163, 40226})
#: The access token is wrong or over; a new one cures it.
_BAD_TOKEN: Final = frozenset({40001, 40014, 42001})


async def session(provider: Provider, code: str) -> Found:
    """Who has this login code. Raises ProviderRefused or ProviderDown.

    The session key stays here: nothing of ours decrypts with it, and it must not travel.
    """
    _, answer = await call(
        "GET",
        f"{provider.url}/sns/jscode2session",
        params={
            "appid": provider.app_id,
            "secret": provider.secret,
            "js_code": code,
            "grant_type": "authorization_code",
        },
    )
    _check(answer)
    if not answer.get("openid"):
        raise down("wechat", "no openid")
    ids = [(OPENID, f"{provider.app_id}:{answer['openid']}")]
    if answer.get("unionid"):
        ids.append((UNIONID, str(answer["unionid"])))
    return Found(ids)


async def phone(provider: Provider, code: str) -> str:
    """The phone number that its owner shared. Raises ProviderRefused or ProviderDown."""
    for last in (False, True):
        token = await _token(provider)
        _, answer = await call(
            "POST",
            f"{provider.url}/wxa/business/getuserphonenumber",
            params={"access_token": token},
            body={"code": code},
        )
        if answer.get("errcode") in _BAD_TOKEN and not last:
            TOKENS.drop(provider.application)
            continue
        break
    _check(answer)
    info = answer.get("phone_info") or {}
    if (info.get("watermark") or {}).get("appid") != provider.app_id:
        raise refused("wechat", "watermark of another application")
    found = phone_of(f"+{info.get('countryCode', '86')}{info.get('purePhoneNumber', '')}")
    if found is None:
        raise down("wechat", "no phone number")
    return found


async def _token(provider: Provider) -> str:
    kept = TOKENS.get(provider.application)
    if kept is not None:
        return kept
    _, answer = await call(
        "POST",
        f"{provider.url}/cgi-bin/stable_token",
        body={"grant_type": "client_credential", "appid": provider.app_id, "secret": provider.secret},
    )
    _check(answer)
    token = str(answer["access_token"])
    TOKENS.put(provider.application, token, float(answer.get("expires_in", 0)))
    return token


def _check(answer: dict[str, Any]) -> None:
    code = answer.get("errcode", 0)
    if code in _BAD_CODE:
        raise refused("wechat", code)
    if code:
        raise down("wechat", code)
