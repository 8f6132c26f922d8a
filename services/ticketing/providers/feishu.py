"""Feishu (飞书): the code of its authorisation page -> user token -> the user's profile."""

from __future__ import annotations

from typing import Final

from services.ticketing.providers._config import Provider
from services.ticketing.providers._found import Found, phone_of
from services.ticketing.providers._http import call, down, refused

KIND: Final = "feishu"
#: Codes that say something about the login code: unknown, expired, used, or made for another address.
_BAD_CODE: Final = frozenset({20003, 20004, 20024, 20037, 20049, 20065, 20071})


async def identify(provider: Provider, code: str, redirect_uri: str | None, verifier: str | None) -> Found:
    """Who has this code. Raises ProviderRefused (also for people of other tenants) or ProviderDown."""
    body = {
        "grant_type": "authorization_code",
        "client_id": provider.app_id,
        "client_secret": provider.secret,
        "code": code,
    }
    if redirect_uri is not None:
        body["redirect_uri"] = redirect_uri
    if verifier is not None:
        body["code_verifier"] = verifier
    _, answer = await call("POST", f"{provider.url}/open-apis/authen/v2/oauth/token", body=body)
    if answer.get("code", 0) != 0 or not answer.get("access_token"):
        number = answer.get("code")
        raise refused(KIND, number) if number in _BAD_CODE else down(KIND, number)
    _, told = await call(
        "GET",
        f"{provider.url}/open-apis/authen/v1/user_info",
        headers={"Authorization": f"Bearer {answer['access_token']}"},
    )
    me = told.get("data") or {}
    if told.get("code", 0) != 0 or not me.get("open_id"):
        raise down(KIND, told.get("code"))
    if me.get("tenant_key") != provider.tenant:
        raise refused(KIND, "another tenant")
    account = str(me.get("union_id") or me["open_id"])
    # The enterprise address is the company's own; the other is whatever the user entered.
    return Found([(KIND, f"{provider.tenant}:{account}")], phone_of(me.get("mobile")), me.get("enterprise_email"))
