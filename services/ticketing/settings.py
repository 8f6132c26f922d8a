"""Settings of ticketing's processes: what every service needs, and nothing else yet."""

from __future__ import annotations

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Ticketing is the issuer of users' tokens: ``STEWARD_TICKETING_ISSUER_KEY`` is its private key."""

    service: str = "ticketing"
