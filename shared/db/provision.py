"""Roles, schemas and passwords: what an administrator's URL is needed for, done by ``migrate`` and nothing else.

Per service: ``<service>_owner`` runs migrations and is itself bound by FORCE ROW LEVEL SECURITY; ``<service>_app``
serves requests under the policies; ``<service>_sweep`` sees who has work; ``<service>_job`` bypasses the policies for
bulk work of one organisation.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

ROLES = ("owner", "app", "sweep", "job")


def role_password(seed: str, role: str) -> str:
    """The password of a role, derived from the installation's seed so that it need not be stored anywhere else."""
    return hmac.new(seed.encode(), f"postgres:{role}".encode(), hashlib.sha256).hexdigest()[:40]


def role_url(admin_url: str, service: str, role: str, seed: str) -> str:
    """The URL of ``<service>_<role>`` on the server of ``admin_url``."""
    parts = urlsplit(admin_url)
    name = f"{service}_{role}"
    host = parts.hostname or "127.0.0.1"
    port = f":{parts.port}" if parts.port else ""
    netloc = f"{name}:{quote(role_password(seed, name))}@{host}{port}"
    return urlunsplit(parts._replace(netloc=netloc))


def database_urls(admin_url: str, service: str, seed: str) -> dict[str, str]:
    """The three URLs a service's processes use, as settings name them."""
    return {
        "database_url": role_url(admin_url, service, "app", seed),
        "sweep_database_url": role_url(admin_url, service, "sweep", seed),
        "job_database_url": role_url(admin_url, service, "job", seed),
    }


async def provision(admin_url: str, services: Iterable[str], seed: str) -> None:
    """Make or correct roles and schemas; safe to repeat, and safe against a second one at the same time."""
    conn = await asyncpg.connect(admin_url, timeout=15)
    try:
        await conn.execute("SELECT pg_advisory_lock(hashtext('steward.provision'))")
        for service in services:
            for role in ROLES:
                name = f"{service}_{role}"
                flags = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE " + (
                    "BYPASSRLS" if role == "job" else "NOBYPASSRLS"
                )
                password = role_password(seed, name)
                exists = await conn.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name)
                verb = "ALTER" if exists else "CREATE"
                await conn.execute(f"{verb} ROLE {name} {flags} PASSWORD '{password}'")
            await conn.execute(f"CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {service}_owner")
            await conn.execute(f"REVOKE ALL ON SCHEMA {service} FROM PUBLIC")
            await conn.execute(f"GRANT USAGE ON SCHEMA {service} TO {service}_app, {service}_sweep, {service}_job")
    finally:
        await conn.close()
