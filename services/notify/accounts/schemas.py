"""Linked accounts as their owners see them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output, UtcTime


class LinkIn(Input):
    """A code that shows whose account it is: `wx.login`'s for the mini-program, that of the authorisation page for
    the service account. Good once."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "wechat_mini", "code": "0c3a1bFa1fG2uK0XyZGa1kQ2Xl0a1bFx"}]}
    )

    kind: Literal["wechat_mini", "wechat_service"]
    code: str = Field(min_length=1, max_length=512, pattern=r"^[\x21-\x7e]+$")


class AddressIn(Input):
    """Where another notification service reaches the caller, as Apprise writes it: `ntfys://ntfy.sh/my-topic`,
    `bark://api.day.app/my-key`, … It leads to one reader, over HTTPS, on the public internet."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"url": "ntfys://ntfy.sh/cuihu-1-101"}]})

    url: str = Field(min_length=5, max_length=1000, pattern=r"^[A-Za-z0-9]+://[\x21-\x7e]+$")


class AccountOut(Output):
    """One of the caller's accounts; its address is not shown, for the app has no use for it. `device` is what the app
    calls the device, and of another notification service the schema of its address."""

    id: UUID
    kind: str
    device: str | None
    linked_at: UtcTime
    disabled_at: UtcTime | None


class AccountsOut(Output):
    """All of the caller's accounts."""

    items: list[AccountOut]


class WorkAccountIn(Input):
    """An employee's user id at WeCom, DingTalk or Feishu; null takes it away."""

    person_id: UUID
    kind: Literal["wecom", "dingtalk", "feishu"]
    address: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")] | None


class WorkAccountsIn(Input):
    """A list of work accounts, all or none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {"person_id": "0195a1b2-0000-7000-8000-000000000001", "kind": "wecom", "address": "ZhangSan"}
                    ]
                }
            ]
        }
    )

    items: list[WorkAccountIn] = Field(min_length=1, max_length=500)


class CountOut(Output):
    """How many were written."""

    count: int
