"""Wordings as people write and see them."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.notify.templating.schemas import WordingOut
from shared.http.schemas import Input, Output, UtcTime


class WordingIn(Input):
    """A text in one language: words, `{{ variables }}` and `{% if variable %}…{% endif %}`."""

    title: str = Field(min_length=1, max_length=400)
    body: str = Field(min_length=1, max_length=8000)
    sms: str | None = Field(default=None, min_length=1, max_length=1000)


class DraftIn(Input):
    """A wording in both languages; neither goes without the other."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "zh": {
                        "title": "物业费提醒：{{ amount }}",
                        "body": "{{ name or '业主' }}，您好：{{ fee_kind }}尚有 {{ amount }} 未缴。",
                        "sms": "{{ fee_kind }}尚有 {{ amount }} 未缴，应缴日期 {{ due }}。",
                    },
                    "en": {
                        "title": "Reminder: {{ amount }}",
                        "body": "Dear {{ name or 'resident' }}, {{ amount }} of your {{ fee_kind }} are open.",
                        "sms": "{{ fee_kind }}: {{ amount }} open, due {{ due }}.",
                    },
                }
            ]
        }
    )

    zh: WordingIn
    en: WordingIn


class TemplateVersionOut(Output):
    """A version of an organisation's wording; the published one with the highest number is in force."""

    id: UUID
    template: str
    number: int
    state: Literal["draft", "published"]
    zh: WordingOut
    en: WordingOut
    written_by: UUID
    created_at: UtcTime
    updated_at: UtcTime
    published_at: UtcTime | None
    published_by: UUID | None
    version: int
