"""Permits as the app reports and sees them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output


class PermitsIn(Input):
    """What the reader agreed to in one dialogue of `wx.requestSubscribeMessage`: the templates answered `accept`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "report_id": "0195a1b2-0000-7000-8000-000000000001",
                    "templates": ["kKcWvTQ5mJH1wqZ7xGkY2pQn0cVvF3nXq1oH5lB9s2A"],
                }
            ]
        }
    )

    report_id: UUID = Field(description="Made by the app for this dialogue: said twice, it counts once")
    templates: list[Annotated[str, Field(min_length=1, max_length=80)]] = Field(min_length=1, max_length=20)


class PermitOut(Output):
    """A template of WeChat's to ask a permit for: which messages use it, how many may still be sent."""

    template: str
    messages: list[str]
    left: int


class PermitsOut(Output):
    """All templates of WeChat's that are in use here."""

    items: list[PermitOut]
