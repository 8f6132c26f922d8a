"""Which merchant accounts there are, and who speaks with their providers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from services.billing.providers._config import Account, accounts
from services.billing.providers._said import Provider
from shared.registry import discover
from shared.settings import ServiceSettings

PROVIDERS: Final[Mapping[str, Provider]] = discover("services.billing.providers", "PROVIDER")


def configured(settings: ServiceSettings) -> Sequence[Account]:
    """The merchant accounts of the settings. Raises ConfigurationError, naming what is wrong and no secret."""
    return accounts(getattr(settings, "pay_accounts", "[]"))


def account_named(settings: ServiceSettings, account_id: str) -> Account | None:
    """The account with this id."""
    return next((account for account in configured(settings) if account.id == account_id), None)
