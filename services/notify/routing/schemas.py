"""Routes as people see and set them."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output, Text


class RouteOut(Output):
    """The channels of a class in the order they are tried; each takes over where the one before failed for good.
    `own`: the organisation said so itself."""

    message_class: str
    channels: list[str]
    own: bool


class ChannelOut(Output):
    """A channel there is. `enabled`: set up on this installation. `by_hand`: people bring the message, so it is used
    only where a route names it."""

    code: str
    name: Text
    enabled: bool
    by_hand: bool


class RoutesOut(Output):
    """Routes of all classes, and the channels they may name."""

    items: list[RouteOut]
    channels: list[ChannelOut]


class RouteIn(Input):
    """The channels of a class in order; null for the product's own order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"message_class": "dunning", "channels": ["sms", "wechat", "email", "call", "letter"]}]
        }
    )

    message_class: Annotated[str, Field(min_length=1, max_length=20)]
    channels: list[Annotated[str, Field(min_length=1, max_length=40)]] | None = Field(max_length=20)
