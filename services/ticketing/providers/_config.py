"""The outside accounts of this installation: ``STEWARD_TICKETING_SIGN_IN_PROVIDERS``, a JSON list."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Final, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shared.settings import ConfigurationError, ServiceSettings

#: Where each provider's API is, unless the configuration says otherwise (a private edition, a simulator).
HOSTS: Final = {
    "wechat": "https://api.weixin.qq.com",
    "wecom": "https://qyapi.weixin.qq.com",
    "dingtalk": "https://api.dingtalk.com",
    "feishu": "https://open.feishu.cn",
}


class Provider(BaseModel):
    """One provider. ``id`` names it in requests when there are several of a grant.

    Work accounts belong to one organisation: their administrator decides which phone a member has, and must not be
    able to sign in as another organisation's staff.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9_.-]{1,40}$")]
    grant: Literal["wechat", "wecom", "dingtalk", "feishu", "oidc"]
    org: UUID | None = None
    app_id: Annotated[str, Field(min_length=1, description="appid, corpid, client id")]
    secret: Annotated[str, Field(min_length=1)]
    tenant: str = ""
    """DingTalk: the corp id; Feishu: the tenant key. People of other tenants are refused."""
    base_url: str = ""
    discovery_url: str = ""
    """oidc: ``…/.well-known/openid-configuration``."""
    redirect_uris: tuple[str, ...] = ()
    link_by: tuple[Literal["phone", "email"], ...] = ("phone",)
    """What the provider says of a new account that is enough to find the person in the register; empty: never."""

    @model_validator(mode="after")
    def _complete(self) -> Provider:
        if self.grant != "wechat" and self.org is None:
            raise ValueError("a provider of work accounts names its org")
        if self.grant == "oidc" and not self.discovery_url:
            raise ValueError("oidc wants a discovery_url")
        if self.grant in ("dingtalk", "feishu") and not self.tenant:
            raise ValueError("dingtalk and feishu want their tenant, or anybody with an account of theirs could ask")
        return self

    @property
    def application(self) -> str:
        """The application at its host: what access tokens are kept under."""
        return f"{self.url}|{self.app_id}"

    @property
    def url(self) -> str:
        """The base URL of its API, without a slash at the end."""
        return (self.base_url or HOSTS.get(self.grant, "")).rstrip("/")


@lru_cache(maxsize=8)
def _parsed(text: str) -> tuple[Provider, ...]:
    try:
        found = tuple(Provider.model_validate(item) for item in orjson.loads(text or "[]"))
    except (ValidationError, ValueError, TypeError) as problem:
        # The message names the fields and not their values, which may be secrets.
        what = (
            "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in problem.errors(include_input=False))
            if isinstance(problem, ValidationError)
            else "not a JSON list"
        )
        raise ConfigurationError(f"STEWARD_TICKETING_SIGN_IN_PROVIDERS cannot be read: {what}.") from None
    if len({provider.id for provider in found}) < len(found):
        raise ConfigurationError("STEWARD_TICKETING_SIGN_IN_PROVIDERS: two providers have the same id.")
    return found


def configured(settings: ServiceSettings) -> tuple[Provider, ...]:
    """The providers of the settings. Raises ConfigurationError, naming what is wrong and no secret."""
    return _parsed(getattr(settings, "sign_in_providers", "[]"))
