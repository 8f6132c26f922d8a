"""Linked accounts as their owners see them."""

from __future__ import annotations

from typing import Literal
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


class AccountOut(Output):
    """One of the caller's accounts; its address is not shown, for the app has no use for it."""

    id: UUID
    kind: str
    device: str | None
    linked_at: UtcTime
    disabled_at: UtcTime | None


class AccountsOut(Output):
    """All of the caller's accounts."""

    items: list[AccountOut]
