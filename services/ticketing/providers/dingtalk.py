"""DingTalk (钉钉): the code of its login page -> user token -> the user's own contact card."""

from __future__ import annotations

from typing import Final

from services.ticketing.providers._config import Provider
from services.ticketing.providers._found import Found, phone_of
from services.ticketing.providers._http import call, down, refused

KIND: Final = "dingtalk"


async def identify(provider: Provider, code: str) -> Found:
    """Who has this code. Raises ProviderRefused (also for people of other companies) or ProviderDown."""
    status, answer = await call(
        "POST",
        f"{provider.url}/v1.0/oauth2/userAccessToken",
        body={
            "clientId": provider.app_id,
            "clientSecret": provider.secret,
            "code": code,
            "grantType": "authorization_code",
        },
    )
    if status >= 400 or not answer.get("accessToken"):
        code_of = str(answer.get("code", status))
        # DingTalk says 400 both for a code it does not take and for an application it does not know.
        raise down(KIND, code_of) if "client" in code_of.lower() else refused(KIND, code_of)
    if answer.get("corpId") != provider.tenant:
        raise refused(KIND, "another company")
    status, me = await call(
        "GET",
        f"{provider.url}/v1.0/contact/users/me",
        headers={"x-acs-dingtalk-access-token": str(answer["accessToken"])},
    )
    if status >= 400 or not me.get("unionId"):
        raise down(KIND, me.get("code", status))
    state = str(me.get("stateCode") or "86")
    phone = phone_of(f"+{state}{me['mobile']}") if me.get("mobile") else None
    return Found([(KIND, f"{provider.tenant}:{me['unionId']}")], phone, me.get("email") or None)
