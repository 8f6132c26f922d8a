"""Template messages of a WeChat service account (`message/template/send`), to those who follow it.

Settings: STEWARD_NOTIFY_WECHAT_SERVICE_APP_ID and …_SECRET (without them it is off), …_LINK (where a tap leads),
…_MINI_APP_ID and …_MINI_PAGE (or to which page of which mini-program), …_RATE.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from functools import cache, partial
from typing import Any, Final

from pydantic_settings import SettingsConfigDict

from services.notify.channels.providers import _wechat
from services.notify.channels.providers._wechat import NO_SUCH_USER, WechatSettings, data_of, openid_of, session_of
from services.notify.domain.channels import Example, Outgoing, Provider, Session
from services.notify.domain.delivery import Outcome, Result

CODE: Final = "wechat_service"


class ServiceAccountSettings(WechatSettings):
    """The provider's own settings."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_NOTIFY_WECHAT_SERVICE_", extra="ignore")

    link: str = ""
    mini_app_id: str = ""
    mini_page: str = ""


@cache
def settings() -> ServiceAccountSettings:
    """The settings of this process, read once."""
    return ServiceAccountSettings()


#: 43004 does not follow the account (any more), 43019 is on its blacklist, 47003 a value is not taken.
classify = partial(_wechat.classify, never=frozenset({NO_SUCH_USER, 43004, 43019, 43101, 47003}))

EXAMPLES = (
    Example("taken", {"status": 200, "errcode": 0, "reference": "200228332"}, Outcome.SENT),
    Example("does not follow the account", {"status": 200, "errcode": 43004}, Outcome.REFUSED),
    Example("no such openid", {"status": 200, "errcode": 40003}, Outcome.REFUSED),
    Example("the day's calls are used up", {"status": 200, "errcode": 45009}, Outcome.THROTTLED),
    Example("system busy", {"status": 200, "errcode": -1}, Outcome.THROTTLED),
    Example("no such template", {"status": 200, "errcode": 40037}, Outcome.ACCOUNT),
    Example("the account may not do this", {"status": 200, "errcode": 48001}, Outcome.ACCOUNT),
    Example("a gateway failed", {"status": 502}, Outcome.UNKNOWN),
)


def request(message: Outgoing, given: ServiceAccountSettings) -> dict[str, Any]:
    """The body of a call, as WeChat's documentation has it; by `client_msg_id` it knows a repetition."""
    template = message.provider_template
    assert template is not None  # the provider is passed over without one
    mini = {"appid": given.mini_app_id, "pagepath": given.mini_page}
    return {
        "touser": message.address,
        "template_id": template.code,
        **({"url": given.link} if given.link else {}),
        **({"miniprogram": mini} if given.mini_app_id else {}),
        "client_msg_id": message.key,
        "data": data_of(message),
    }


def session() -> AbstractAsyncContextManager[Session]:
    """A session for a batch of messages."""
    given = settings()
    return session_of(given, "/cgi-bin/message/template/send", lambda message: request(message, given), classify)


async def link(code: str) -> str | Result:
    """The openid of a code of the service account's authorisation page."""
    return await openid_of(settings(), "/sns/oauth2/access_token", {"code": code})


PROVIDER = Provider(
    code=CODE,
    channel="wechat_account",
    enabled=lambda: settings().complete,
    open=session,
    classify=classify,
    rate=lambda: settings().rate,
    needs_template=True,
    address=CODE,
    link=link,
)
