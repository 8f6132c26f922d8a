"""The merchant accounts of this installation: ``STEWARD_BILLING_PAY_ACCOUNTS``, a JSON list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Final, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shared.settings import ConfigurationError

#: Where each provider's API is, unless the configuration says otherwise (a sandbox, a simulator).
HOSTS: Final = {"wechat": "https://api.mch.weixin.qq.com", "alipay": "https://openapi.alipay.com"}


class Account(BaseModel):
    """A merchant account of a legal entity. ``id`` stands in the address of its callbacks and on its orders.

    ``org`` and ``communities`` say whose money goes there; without ``org`` it serves every organisation of the
    installation, without ``communities`` all of the organisation's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    method: Literal["wechat", "alipay"]
    org: UUID | None = None
    communities: tuple[UUID, ...] = ()
    app_id: Annotated[str, Field(min_length=1)]
    merchant: Annotated[str, Field(min_length=1, description="mchid at WeChat Pay, seller_id (PID) at Alipay")]
    serial: Annotated[str, Field(description="serial number of our own certificate (WeChat Pay)")] = ""
    private_key: Annotated[str, Field(min_length=1, repr=False)]
    provider_keys: Annotated[dict[str, str], Field(min_length=1)]
    """Serial (any name at Alipay) -> the provider's public key or certificate as PEM; several while one is changed."""
    api_key: Annotated[str, Field(repr=False, description="APIv3 key of 32 characters (WeChat Pay)")] = ""
    base_url: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Account:
        if self.method == "wechat" and (len(self.api_key.encode()) not in (16, 24, 32) or not self.serial):
            raise ValueError("WeChat Pay wants serial and api_key (32 characters)")
        if self.communities and self.org is None:
            raise ValueError("an account of some communities names its org")
        return self

    @property
    def url(self) -> str:
        """The base URL of its API, without a slash at the end."""
        return (self.base_url or HOSTS[self.method]).rstrip("/")

    def serves(self, org: UUID, community: UUID) -> bool:
        """Whether a community's money goes to this account."""
        return self.org in (None, org) and (not self.communities or community in self.communities)


@lru_cache(maxsize=8)
def accounts(text: str) -> Sequence[Account]:
    """The accounts in the setting. Raises ConfigurationError, naming what is wrong and no secret."""
    try:
        found = tuple(Account.model_validate(item) for item in orjson.loads(text or "[]"))
    except (ValidationError, ValueError, TypeError) as problem:
        what = (
            "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in problem.errors(include_input=False))
            if isinstance(problem, ValidationError)
            else "not a JSON list"
        )
        raise ConfigurationError(f"STEWARD_BILLING_PAY_ACCOUNTS cannot be read: {what}.") from None
    if len({account.id for account in found}) < len(found):
        raise ConfigurationError("STEWARD_BILLING_PAY_ACCOUNTS: two accounts have the same id.")
    return found
