"""Subscription messages of a WeChat mini-program (`message/subscribe/send`).

Settings: STEWARD_NOTIFY_WECHAT_MINI_APP_ID and …_SECRET (without them it is off), …_PAGE (where a tap leads),
…_STATE (formal, trial or developer), …_RATE (calls a second of one process).

Each message uses up a permit that its reader gave in the app (`POST /notify/v1/permits`). WeChat takes no id of ours,
so what it was silent about stays unknown.
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

CODE: Final = "wechat_mini"
#: The reader refuses: no permit of theirs is left, or they ended the subscription.
REFUSES: Final = "43101"


class MiniSettings(WechatSettings):
    """The provider's own settings."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_NOTIFY_WECHAT_MINI_", extra="ignore")

    page: str = ""
    state: str = "formal"


@cache
def settings() -> MiniSettings:
    """The settings of this process, read once."""
    return MiniSettings()


#: 47003: a value that WeChat does not take for its keyword; the same message will never do.
classify = partial(_wechat.classify, never=frozenset({NO_SUCH_USER, int(REFUSES), 47003}))

EXAMPLES = (
    Example("taken", {"status": 200, "errcode": 0}, Outcome.SENT),
    Example("the reader refuses", {"status": 200, "errcode": 43101}, Outcome.REFUSED),
    Example("no such openid", {"status": 200, "errcode": 40003}, Outcome.REFUSED),
    Example("a value that is not taken", {"status": 200, "errcode": 47003}, Outcome.REFUSED),
    Example("the day's calls are used up", {"status": 200, "errcode": 45009}, Outcome.THROTTLED),
    Example("system busy", {"status": 200, "errcode": -1}, Outcome.THROTTLED),
    Example("no such template", {"status": 200, "errcode": 40037}, Outcome.ACCOUNT),
    Example("our address is not on the list", {"status": 200, "errcode": 40164}, Outcome.ACCOUNT),
    Example("the page is not in the published version", {"status": 200, "errcode": 41030}, Outcome.ACCOUNT),
    Example("a gateway failed", {"status": 502}, Outcome.UNKNOWN),
)


def request(message: Outgoing, given: MiniSettings) -> dict[str, Any]:
    """The body of a call, as WeChat's documentation has it."""
    template = message.provider_template
    assert template is not None  # the provider is passed over without one
    return {
        "touser": message.address,
        "template_id": template.code,
        **({"page": given.page} if given.page else {}),
        "miniprogram_state": given.state,
        "lang": "zh_CN" if message.locale == "zh" else "en_US",
        "data": data_of(message),
    }


def session() -> AbstractAsyncContextManager[Session]:
    """A session for a batch of messages."""
    given = settings()
    return session_of(given, "/cgi-bin/message/subscribe/send", lambda message: request(message, given), classify)


async def link(code: str) -> str | Result:
    """The openid of a code of `wx.login`."""
    return await openid_of(settings(), "/sns/jscode2session", {"js_code": code})


PROVIDER = Provider(
    code=CODE,
    channel="wechat",
    enabled=lambda: settings().complete,
    open=session,
    classify=classify,
    rate=lambda: settings().rate,
    needs_template=True,
    address=CODE,
    permit=frozenset({REFUSES}),
    link=link,
)
