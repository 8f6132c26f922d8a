"""Settings of billing's processes: what every service needs, and nothing else yet."""

from __future__ import annotations

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """``STEWARD_BILLING_RUN_CHUNK``: units one transaction of a billing run decides; it must stay under a
    second, whatever the community's size."""

    service: str = "billing"
    run_chunk: int = 1000
