"""Settings of a process, read from the environment once.

A name is looked up as ``STEWARD_<SERVICE>_<NAME>`` first, then as ``STEWARD_<NAME>``, so that four services on one
machine share what is common and keep apart what is not. Each service subclasses :class:`ServiceSettings` in its own
``settings.py`` and adds its own fields; nothing here knows a service by name.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, Field

SERVICES = ("ticketing", "billing", "kpi", "notify")


class ConfigurationError(Exception):
    """A setting is missing or contradicts another; the sentence says which and what to do."""


class ServiceSettings(BaseModel):
    """What every service process needs. URLs are strings; keys are JWK JSON; seconds are wall seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    service: str
    mode: str = "production"
    development_secrets: bool = False
    database_url: str
    sweep_database_url: str = ""
    job_database_url: str = ""
    redis_url: str
    ticketing_url: str = ""
    billing_url: str = ""
    kpi_url: str = ""
    notify_url: str = ""
    issuer: str = "steward"
    issuer_jwks_url: str = ""
    issuer_key: str = ""
    """Private JWK of the token issuer; ticketing only."""
    service_key: str = ""
    """Private JWK of this service, for its own short-lived tokens."""
    service_jwks: str = '{"keys": []}'
    """Public JWKS of all services; each ``kid`` is ``service:<name>``."""
    master_key: str = ""
    """32 bytes as hex: wraps the per-person keys of audit entries."""
    link_key: str = ""
    """32 bytes as hex: signs the links that files are read by."""
    files_url: str = ""
    """Where files are kept: ``file:///folder``, ``s3://bucket/prefix``; without it none are taken."""
    pool_size: int = 10
    log_level: str = "INFO"
    public_url: str = "http://127.0.0.1:8080"
    cors_origins: str = "{}"
    """JSON: organisation id, or "*" for all, -> the origins whose pages may call (shared.http.cors)."""
    heads_interval: float = 5.0
    bell_debounce: float = 0.01
    bell_interval: float = 0.04
    worker_poll: float = 0.05

    ENVIRONMENT_PREFIX: ClassVar[str] = "STEWARD"

    def peer_url(self, service: str) -> str:
        """Base URL of another service, called directly and never through the gateway."""
        url: str = getattr(self, f"{service}_url")
        if not url:
            raise ConfigurationError(f"STEWARD_{service.upper()}_URL is not set; give the base URL of {service}.")
        return url


SettingsT = TypeVar("SettingsT", bound=ServiceSettings)


def load(cls: type[SettingsT], service: str, environ: dict[str, str] | None = None) -> SettingsT:
    """Read ``cls`` for ``service`` from the environment.

    Raises :class:`ConfigurationError` when something needed is missing, or when production mode would run with
    secrets that were generated for development.
    """
    env = dict(os.environ if environ is None else environ)
    values: dict[str, Any] = {"service": service}
    for name in cls.model_fields:
        for key in (f"STEWARD_{service.upper()}_{name.upper()}", f"STEWARD_{name.upper()}"):
            if name == "database_url" and key == "STEWARD_DATABASE_URL":
                continue  # that one is the administrator's and only for `migrate`
            if env.get(key):
                values[name] = env[key]
                break
    missing = [n for n, f in cls.model_fields.items() if f.is_required() and n not in values]
    if missing:
        names = ", ".join(f"STEWARD_{service.upper()}_{n.upper()}" for n in missing)
        raise ConfigurationError(f"Set {names}: {service} cannot start without.")
    settings = cls(**values)
    if settings.mode == "production" and settings.development_secrets:
        raise ConfigurationError(
            "Production mode refuses secrets that were generated for development: set real keys, "
            "or STEWARD_MODE=development."
        )
    return settings


def asyncpg_url(url: str) -> str:
    """``postgresql://…`` as SQLAlchemy's asyncpg dialect wants it."""
    parts = urlsplit(url)
    scheme = parts.scheme.split("+")[0]
    if scheme not in ("postgresql", "postgres"):
        raise ConfigurationError(f"A database URL begins with postgresql://, not {parts.scheme}://.")
    return urlunsplit(parts._replace(scheme="postgresql+asyncpg"))


class Limits(BaseModel):
    """Sizes that protect a process; the same for all services."""

    model_config = ConfigDict(frozen=True)

    feed_page: int = Field(default=1000, description="events one pull asks for")
    statement_timeout_ms: int = 15_000
    #: A process that hangs must not hold its locks for long; one that waits for a busy machine is no such process.
    idle_in_transaction_ms: int = 10_000
    lock_timeout_ms: int = 5_000


LIMITS = Limits()
