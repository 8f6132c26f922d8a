"""Text messages, by the providers in channels/providers/, in the order of STEWARD_NOTIFY_SMS_PROVIDERS.

Chinese providers send only texts that they have approved: each template of ours is known to them by a code of
theirs (`PUT /notify/v1/templates/{code}/providers/{provider}`). The channel is on where one of its providers is.
"""

from __future__ import annotations

from functools import cache

from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notify.domain.channels import Channel, Example
from services.notify.registry import providers


class SmsSettings(BaseSettings):
    """The order in which providers are asked, separated by commas."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_NOTIFY_SMS_", extra="ignore")

    providers: str = "aliyun_sms,tencent_sms"


@cache
def settings() -> SmsSettings:
    """The settings of this process, read once."""
    return SmsSettings()


def order() -> list[str]:
    """The providers' codes in the order they are asked."""
    return [code.strip() for code in settings().providers.split(",") if code.strip()]


def enabled() -> bool:
    """Whether any of them is set up here."""
    return any(providers()[code].enabled() for code in order() if code in providers())


CHANNEL = Channel(
    code="sms",
    zh="短信",
    en="Text message",
    address="phone",
    enabled=enabled,
    providers=order,
    rings=True,
)

EXAMPLES: tuple[Example, ...] = ()
