"""Wordings as people write and see them."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.notify.domain.own_templates import Type
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


class VariableIn(Input):
    """A variable: `money` is in fen, `instant` has a zone, `lines` is a list, one a line."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    type: Type
    optional: bool = False


class OwnTemplateIn(DraftIn):
    """A template of the organisation's own for its notices: `campaign.own.` and `code`. Name, place and community of
    the reader are always there; what else it says are `variables`, of which `example` has a value each. Variables and
    class stay as they are, words come in versions."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "parking_repaint",
                    "name": "车位划线通知",
                    "message_class": "notice",
                    "variables": [{"name": "garage", "type": "text"}, {"name": "day", "type": "date"}],
                    "example": {"garage": "B1 车库", "day": "2035-03-07"},
                    "zh": {
                        "title": "{{ garage }}车位划线通知",
                        "body": "{{ name or '业主' }}，您好：{{ garage }}将于 {{ day }} 重新划线，请提前挪车。",
                        "sms": "{{ garage }}将于 {{ day }} 重新划线，请提前挪车。",
                    },
                    "en": {
                        "title": "Repainting of {{ garage }}",
                        "body": "Dear {{ name or 'resident' }}, {{ garage }} is repainted on {{ day }}.",
                        "sms": "{{ garage }} is repainted on {{ day }}: please move your car.",
                    },
                }
            ]
        }
    )

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    name: str = Field(min_length=1, max_length=80)
    message_class: Literal["notice", "campaign", "service"]
    variables: Annotated[list[VariableIn], Field(max_length=20)]
    example: Annotated[dict[str, Any], Field(max_length=20)]


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
