"""The environment of the eight processes, as `shared.settings` reads it. What the caller has set already
wins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from deploy.local.secrets import Secrets
from shared.db.provision import database_urls
from shared.settings import SERVICES


def process_environment(
    *,
    secrets: Secrets,
    mode: str,
    admin_url: str,
    redis_url: str,
    ports: Mapping[str, int],
    gateway: str,
    clock: Path | None,
    files: Path | None = None,
) -> dict[str, str]:
    """Every STEWARD_… variable of a local stack; `ports`: service -> port of its API process;
    `files`: the folder that uploads are kept in.

    One environment serves all processes: names carry the service, and it is set before the services are
    imported.
    """
    env: dict[str, str] = {
        "STEWARD_MODE": mode,
        "STEWARD_REDIS_URL": redis_url,
        # On one machine more connections would wait for its cores and hold its memory.
        "STEWARD_POOL_SIZE": "4",
        "STEWARD_MASTER_KEY": secrets.master_key,
        "STEWARD_LINK_KEY": secrets.link_key,
        "STEWARD_SERVICE_JWKS": secrets.service_jwks(),
        "STEWARD_TICKETING_ISSUER_KEY": secrets.issuer_key,
        "STEWARD_ISSUER_JWKS_URL": f"http://127.0.0.1:{ports['ticketing']}/.well-known/jwks.json",
        "STEWARD_PUBLIC_URL": gateway,
    }
    if mode != "production":
        env["STEWARD_DEVELOPMENT_SECRETS"] = "true"
    if files is not None:
        env["STEWARD_FILES_URL"] = files.as_uri()
    if clock is not None:
        env["STEWARD_SIMULATED_CLOCK"] = str(clock)
    for service in SERVICES:
        name = f"STEWARD_{service.upper()}"
        env[f"{name}_URL"] = f"http://127.0.0.1:{ports[service]}"
        env[f"{name}_SERVICE_KEY"] = secrets.service_keys[service]
        for variable, url in database_urls(admin_url, service, secrets.database_seed).items():
            env[f"{name}_{variable.upper()}"] = url
    # A variable the caller set names his own server or key; the clock and the peers' ports are ours alone.
    ours = {f"STEWARD_{service.upper()}_URL" for service in SERVICES} | {"STEWARD_SIMULATED_CLOCK"}
    return {name: value if name in ours else os.environ.get(name) or value for name, value in env.items()}
