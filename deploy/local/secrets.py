"""Secrets of a data folder: generated once for development, never committed, refused in production."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from deploy.local.failures import DevelopmentSecrets, FolderBroken
from deploy.local.folder import DataFolder, write_private
from shared.settings import SERVICES

_GIVEN = {
    "database_seed": "STEWARD_DATABASE_SEED",
    "issuer_key": "STEWARD_TICKETING_ISSUER_KEY",
    "master_key": "STEWARD_MASTER_KEY",
    "link_key": "STEWARD_LINK_KEY",
}


@dataclass(frozen=True)
class Secrets:
    """What a stack signs, wraps and logs in with. `development` secrets may not serve in production."""

    development: bool
    database_seed: str
    postgres_password: str
    redis_password: str
    issuer_key: str
    service_keys: Mapping[str, str]
    master_key: str
    link_key: str

    def service_jwks(self) -> str:
        """The public halves of the four services' keys, as a JWKS document."""
        keys = []
        for text in self.service_keys.values():
            jwk: dict[str, Any] = json.loads(text)
            keys.append({name: value for name, value in jwk.items() if name != "d"})
        return json.dumps({"keys": keys}, sort_keys=True)


def load_or_generate(folder: DataFolder) -> Secrets:
    """The folder's secrets, generated on its first start. Raises FolderBroken when it is unreadable."""
    # New secrets over old data would lock everybody out of it: a database password, a key per person.
    if not folder.secrets.exists() and not (folder.path / "postgres" / "cluster").exists():
        write_private(folder.secrets, json.dumps(_generate(), indent=1) + "\n")
    return load(folder)


def load(folder: DataFolder) -> Secrets:
    """The folder's secrets. Raises FolderBroken when there are none or they are incomplete."""
    try:
        found = Secrets(**json.loads(folder.secrets.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise FolderBroken(
            f"{folder.secrets} 缺失或不完整；没有它就无法使用该数据目录。请从备份恢复，或先运行 steward up。",
            f"{folder.secrets} is missing or incomplete, and this data folder cannot be used without it. "
            f"Restore it "
            "from a backup, or start Steward here first with `steward up`.",
        ) from error
    # Keys and seeds of one's own, where the environment gives them.
    given: dict[str, Any] = {name: os.environ.get(variable) for name, variable in _GIVEN.items()}
    return replace(found, **{name: value for name, value in given.items() if value})


def demand_real(environ: Mapping[str, str] | None = None) -> None:
    """In production mode, refuse (DevelopmentSecrets) unless every secret comes from the environment."""
    env = os.environ if environ is None else environ
    wanted = ["STEWARD_MASTER_KEY", "STEWARD_LINK_KEY", "STEWARD_SERVICE_JWKS", "STEWARD_REDIS_URL"]
    # Role passwords are derived from the seed unless each process is given its own URL.
    wanted += ["STEWARD_DATABASE_URL", "STEWARD_DATABASE_SEED"]
    wanted += [f"STEWARD_{name.upper()}_SERVICE_KEY" for name in SERVICES]
    missing = [name for name in wanted if not env.get(name)]
    if not (env.get("STEWARD_TICKETING_ISSUER_KEY") or env.get("STEWARD_ISSUER_JWKS_URL")):
        missing.append("STEWARD_TICKETING_ISSUER_KEY")
    if missing:
        names = ", ".join(missing)
        raise DevelopmentSecrets(
            f"生产模式拒绝开发用密钥：请设置 {names}，或改用 STEWARD_MODE=development。",
            f"Production mode refuses secrets generated for development: set {names}, or STEWARD_MODE=development.",
        )


def _generate() -> dict[str, Any]:
    from shared.auth.keys import export_private, generate_key, service_kid

    return {
        "development": True,
        "database_seed": secrets.token_hex(32),
        "postgres_password": secrets.token_urlsafe(24),
        "redis_password": secrets.token_urlsafe(24),
        "issuer_key": export_private(generate_key("dev-" + secrets.token_hex(8))),
        "service_keys": {name: export_private(generate_key(service_kid(name))) for name in SERVICES},
        "master_key": secrets.token_hex(32),
        "link_key": secrets.token_hex(32),
    }
