"""What goes in and out of ``/ticketing/v1/survey-settings``."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output


class QuestionIn(Input):
    """A question with its texts; the code is what answers and numbers call it by."""

    code: Annotated[str, Field(max_length=40)]
    zh: Annotated[str, Field(min_length=1, max_length=100)]
    en: Annotated[str, Field(min_length=1, max_length=200)]


class QuestionOut(Output):
    """A question as people read it."""

    code: str
    zh: str
    en: str


class SettingsIn(Input):
    """The five dimensions that the company asks in every quarterly survey besides the three named ones (C-117)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "chosen": [
                        {"code": "greening", "zh": "绿化养护", "en": "Greening"},
                        {"code": "security", "zh": "秩序安全", "en": "Order and security"},
                        {"code": "lifts", "zh": "电梯运行", "en": "Lifts"},
                        {"code": "parking", "zh": "停车管理", "en": "Parking"},
                        {"code": "notices", "zh": "通知公告", "en": "Notices"},
                    ]
                }
            ]
        }
    )

    chosen: Annotated[list[QuestionIn], Field(max_length=20)]


class SettingsOut(Output):
    """The eight dimensions of the next quarterly survey; earlier ones keep theirs. ``version`` 0: the default."""

    version: int
    dimensions: list[QuestionOut]
