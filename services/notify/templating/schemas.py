"""Templates as people see them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output


class VariableOut(Output):
    """A variable a template wants: money in fen, times with a zone, `label:…` a code."""

    name: str
    type: str
    optional: bool


class WordingOut(Output):
    """A template's text in one language, as written."""

    title: str
    body: str
    sms: str | None


class TemplateOut(Output):
    """A message template as it is sent now; name, place and community are given to each besides its own variables.
    `own`: in the organisation's wording, of which `version` is the number; `name`: of one that it added itself."""

    code: str
    name: str | None
    version: int
    own: bool
    message_class: str
    variables: list[VariableOut]
    zh: WordingOut
    en: WordingOut
    example: dict[str, Any]


class PreviewIn(Input):
    """Values to see a template with; without any, its own example."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"locale": "zh", "name": "王女士", "place": "3-2-501", "community": "锦绣花园"}]
        }
    )

    locale: Literal["zh", "en"] = "zh"
    variables: dict[str, Any] | None = Field(default=None, examples=[None])
    version: int | None = Field(
        default=None,
        ge=0,
        le=1_000_000,
        description="The organisation's wording of this number, drafts too; 0: as shipped; without: what is in force",
    )
    name: str | None = Field(default=None, max_length=200)
    place: str | None = Field(default=None, max_length=200)
    community: str | None = Field(default=None, max_length=200)
    signature: str = Field(default="", max_length=40, description="Counted with the text message, in 【】")


class SmsOut(Output):
    """The text message: `characters` with the signature, `segments` it is billed as (70, or 67 each)."""

    text: str
    characters: int
    segments: int


class PreviewOut(Output):
    """The message as it would be sent; `digest` is the SHA-256 of title and body."""

    title: str
    body: str
    digest: str
    sms: SmsOut | None


class MappingIn(Input):
    """A template of ours as a provider knows it. Only what it has `approved` is ever sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "provider": "aliyun_sms",
                    "locale": "zh",
                    "provider_code": "SMS_154950909",
                    "signature": "翠湖物业",
                    "parameters": ["fee_kind", "due", "amount"],
                    "state": "approved",
                }
            ]
        }
    )

    provider: str = Field(max_length=40)
    locale: Literal["zh", "en"] = "zh"
    provider_code: str = Field(min_length=1, max_length=80)
    signature: str = Field(default="", max_length=40, description="Of text messages; WeChat has none")
    parameters: list[Annotated[str, Field(min_length=1, max_length=80)]] = Field(
        max_length=20,
        description="Our variables in the provider's order; `thing1=place` where it has names of its own",
    )
    state: Literal["pending", "approved", "rejected"]


class MappingOut(Output):
    """A template of ours as a provider knows it."""

    provider: str
    locale: str
    provider_code: str
    signature: str
    parameters: list[str]
    state: str
    version: int


class MappingsOut(Output):
    """A template at all its providers."""

    items: list[MappingOut]
