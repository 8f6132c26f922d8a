"""Makes a throw-away Postgres at head and writes a service's next migration against it.

python -m tests.support.revise SERVICE "MESSAGE"   ·   with --first the first migration is written anew
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from deploy.local.postgres import EmbeddedPostgres
from shared.db import revise
from shared.db.migrations import migrate
from shared.db.provision import provision, role_url
from shared.db.versions import ROOT, head_revision
from tests.support.servers import SEED

ENV = '''"""Alembic runs this; everything is in shared.db.migrations."""

from services.{service}.models import metadata
from shared.db.migrations import run_env

run_env(metadata)
'''

MAKO = '''"""${{message}}."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db import ddl

revision: str = ${{repr(up_revision)}}
down_revision: str | Sequence[str] | None = ${{repr(down_revision)}}
branch_labels: str | Sequence[str] | None = ${{repr(branch_labels)}}
depends_on: str | Sequence[str] | None = ${{repr(depends_on)}}


def upgrade() -> None:
    ${{upgrades if upgrades else "pass"}}


def downgrade() -> None:
    ${{downgrades if downgrades else "pass"}}
'''


def main(argv: list[str]) -> int:
    """See the module."""
    first = "--first" in argv
    argv = [a for a in argv if a != "--first"]
    service, message = argv
    folder = ROOT / "services" / service / "migrations"
    (folder / "versions").mkdir(parents=True, exist_ok=True)
    (folder / "env.py").write_text(ENV.format(service=service))
    (folder / "script.py.mako").write_text(MAKO.format())
    if first:
        for old in (folder / "versions").glob("*.py"):
            old.unlink()
    with tempfile.TemporaryDirectory(prefix="steward-revise-") as name:
        Path(name).chmod(0o755)
        postgres = EmbeddedPostgres(Path(name) / "postgres", durable=False)
        admin = postgres.start()
        try:
            asyncio.run(provision(admin, [service], SEED))
            owner = role_url(admin, service, "owner", SEED)
            if not first:
                # By its number, not as "head": that would make partitions of log tables that are only about to come.
                migrate(service, owner, head_revision(service))
            code = revise.main([service, message, owner])
            if code == 0:
                migrate(service, owner)  # it must run before anybody reads it
            return code
        finally:
            postgres.stop()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
