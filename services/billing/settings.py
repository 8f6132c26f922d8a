"""Settings of billing's processes: what every service needs, and nothing else yet."""

from __future__ import annotations

from pydantic import Field

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """``STEWARD_BILLING_RUN_CHUNK``: units one transaction of a billing run decides; it must stay under a
    second, whatever the community's size. ``STEWARD_BILLING_PAY_ACCOUNTS``: the merchant accounts, see
    :mod:`services.billing.providers._config`; with none, nobody can pay by phone."""

    service: str = "billing"
    pay_accounts: str = Field(default="[]", repr=False)
    run_chunk: int = 1000
