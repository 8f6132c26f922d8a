"""Templates as people see them."""

from __future__ import annotations

from typing import Any, Literal

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


class TemplateOut(Output):
    """A message template; name, place and community are given to each besides its own variables."""

    code: str
    version: int
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
    name: str | None = Field(default=None, max_length=200)
    place: str | None = Field(default=None, max_length=200)
    community: str | None = Field(default=None, max_length=200)


class PreviewOut(Output):
    """The message as it would be sent; `digest` is the SHA-256 of title and body."""

    title: str
    body: str
    digest: str
