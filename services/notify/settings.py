"""Notify's settings. Each channel has its own, in its own file in channels/."""

from __future__ import annotations

from shared.settings import ServiceSettings, load


class Settings(ServiceSettings):
    """What every service needs, and what one segment of a text message costs."""

    sms_segment_fen: int = 5
    """The price of one segment, in fen, for estimates."""


def settings() -> Settings:
    """The settings of this process, read from the environment."""
    return load(Settings, "notify")
