"""Devices as the app registers them."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from shared.http.schemas import Input


class DeviceIn(Input):
    """A device by the name that the app gave itself when it was installed, and the token of the aggregator's kit in
    it. Registered again with another token, the new one replaces the old."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"device": "b0a7c6d2-phone", "provider": "jiguang", "token": "1a0018970ae7d1c9f43"}]
        }
    )

    device: str = Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.:-]+$")
    provider: Literal["jiguang", "getui"]
    token: str = Field(min_length=8, max_length=200, pattern=r"^[A-Za-z0-9_.:-]+$")
