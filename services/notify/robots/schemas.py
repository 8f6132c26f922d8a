"""Robots as staff see and enter them."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output, UtcTime

Kind = Literal["wecom_robot", "dingtalk_robot", "feishu_robot"]
#: What staff's groups are told of.
Class = Literal["warning", "desk", "safety"]


class RobotIn(Input):
    """A robot of a group chat: its address as WeCom, DingTalk or Feishu shows it, and the secret of its signature."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "工程部值班群",
                    "org_unit_id": "0195a1b2-0000-7000-8000-000000000001",
                    "kind": "dingtalk_robot",
                    "url": "https://portal.example.com/robot/send?access_token=566cc69da782ec33",
                    "secret": "SEC8d9cdeb2c5a1b0c0",
                    "classes": ["warning", "desk"],
                }
            ]
        }
    )

    name: str = Field(min_length=1, max_length=80)
    org_unit_id: UUID
    kind: Kind
    url: str = Field(min_length=10, max_length=500, pattern=r"^https?://[\x21-\x7e]+$")
    secret: str = Field(default="", max_length=200, pattern=r"^[\x21-\x7e]*$")
    classes: list[Class] = Field(min_length=1, max_length=3)
    locale: Literal["zh", "en"] = "zh"


class RobotOut(Output):
    """A robot; its address and secret are never shown again. `disabled_at`: its provider said that it is gone."""

    id: UUID
    name: str
    org_unit_id: UUID
    kind: str
    classes: list[str]
    locale: str
    disabled_at: UtcTime | None
    created_at: UtcTime
