"""Alembic runs this; everything is in shared.db.migrations."""

from services.ticketing.models import metadata
from shared.db.migrations import run_env

run_env(metadata)
