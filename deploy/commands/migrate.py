"""`steward migrate`: roles, schemas and migrations of the four services."""

from __future__ import annotations

import os
from pathlib import Path

from deploy.local.folder import DataFolder


def migrate(data: Path) -> None:
    """Migrate what the environment names, else the running stack, else the folder's own Postgres.

    With STEWARD_DATABASE_URL the passwords of the roles come from STEWARD_DATABASE_SEED, or from the folder's
    seed.
    """
    from deploy.local.database import demand_open, migrate_all
    from deploy.local.secrets import load, load_or_generate

    folder = DataFolder(data)
    external = os.environ.get("STEWARD_DATABASE_URL")
    if external:
        demand_open("STEWARD_DATABASE_URL", external, 5432)
        seed = os.environ.get("STEWARD_DATABASE_SEED")
        if not seed and folder.secrets.exists():  # of a stack that may be running
            seed = load(folder).database_seed
        if not seed:
            folder.open()
            seed = load_or_generate(folder).database_seed
        migrate_all(external, seed)
    elif folder.in_use():
        state = folder.running()
        migrate_all(state["urls"]["database"], load(folder).database_seed)
    else:
        _own(folder)
    print("ok")


def _own(folder: DataFolder) -> None:
    from deploy.local.database import migrate_all
    from deploy.local.postgres import EmbeddedPostgres
    from deploy.local.secrets import load_or_generate

    folder.open()
    secrets = load_or_generate(folder)
    server = EmbeddedPostgres(
        folder.path / "postgres", password=secrets.postgres_password, log=folder.logs / "postgres.log"
    )
    try:
        migrate_all(server.start(), secrets.database_seed)
    finally:
        server.stop()
        folder.close()
