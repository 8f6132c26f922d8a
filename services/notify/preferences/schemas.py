"""Preferences as people see and set them."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output


class PreferenceOut(Output):
    """How messages of a class reach the caller outside the inbox: now, digest (once a day) or off. Those that are not
    `optional` are always told at once."""

    message_class: str
    mode: str
    optional: bool


class PreferencesOut(Output):
    """All classes."""

    items: list[PreferenceOut]


class PreferencesIn(Input):
    """Classes to change; those that are not named stay as they are."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"classes": {"survey": "digest", "campaign": "off"}}]})

    classes: dict[str, Literal["now", "digest", "off"]] = Field(min_length=1, max_length=20)
