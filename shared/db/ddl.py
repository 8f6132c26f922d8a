"""What a migration says beside its tables: policies, grants, partitions and the two functions of a schema.

Frozen by use: released migrations call these, so a change of meaning gets a new function, never an edit.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table

from shared.ids import uuid7_floor

#: Columns the sweep role may read over all organisations, per spine table.
SWEEP_COLUMNS = {
    "timers": "org_id, fire_at, state",
    "feed": "org_id, position",
    "jobs": "org_id, run_at, state",
}


def functions(op: Any, schema: str) -> None:
    """``set_org`` names the organisation of a transaction; ``all_heads`` reads every feed's head for peers."""
    op.execute(
        f"CREATE FUNCTION {schema}.set_org(org text) RETURNS void LANGUAGE plpgsql AS $$ "
        "BEGIN EXECUTE format('SET LOCAL app.org = %L', org); END $$"
    )
    op.execute(f"GRANT EXECUTE ON FUNCTION {schema}.set_org(text) TO {schema}_app, {schema}_job")
    op.execute(f"GRANT SELECT ON {schema}.schema_version TO {schema}_app, {schema}_sweep, {schema}_job")
    op.execute(
        f"CREATE FUNCTION {schema}.all_heads() RETURNS TABLE (org uuid, head bigint) LANGUAGE sql STABLE "
        f"SECURITY DEFINER SET search_path = {schema} AS $$ SELECT org_id, head FROM {schema}.feed_heads $$"
    )
    op.execute(f"REVOKE ALL ON FUNCTION {schema}.all_heads() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {schema}.all_heads() TO {schema}_app")
    op.execute(f"CREATE POLICY heads ON {schema}.feed_heads FOR SELECT TO {schema}_owner USING (true)")
    partition = (
        f"CREATE FUNCTION {schema}.make_partition(parent text, name text, low uuid, high uuid) RETURNS void "
        f"LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema} AS $$ BEGIN "
        "EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', "
        "name, parent, low, high); END $$"
    )
    op.execute(partition)
    op.execute(f"REVOKE ALL ON FUNCTION {schema}.make_partition(text, text, uuid, uuid) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {schema}.make_partition(text, text, uuid, uuid) TO {schema}_job")


def protect(op: Any, schema: str, table: str, *, log: bool = False) -> None:
    """Row-level security, forced, and the grants of the four roles for one tenant table."""
    name = f"{schema}.{table}"
    org = "(nullif(current_setting('app.org', true), ''))::uuid"
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant ON {name} TO {schema}_app USING (org_id = {org}) WITH CHECK (org_id = {org})"
    )
    rights = "SELECT, INSERT" if log else "SELECT, INSERT, UPDATE, DELETE"
    op.execute(f"GRANT {rights} ON {name} TO {schema}_app")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {schema}_job")
    if table in SWEEP_COLUMNS:
        op.execute(f"CREATE POLICY sweep ON {name} FOR SELECT TO {schema}_sweep USING (true)")
        op.execute(f"GRANT SELECT ({SWEEP_COLUMNS[table]}) ON {name} TO {schema}_sweep")
    if log:
        op.execute(f"CREATE TABLE {name}_default PARTITION OF {name} DEFAULT")


def open_global(op: Any, schema: str, table: str) -> None:
    """Grants on one of the few tables without an organisation."""
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.{table} TO {schema}_app, {schema}_job")


def months_ahead(now: datetime, months: int) -> list[tuple[str, datetime, datetime]]:
    """Names and bounds (UTC) of the month partitions from the current month on."""
    out = []
    year, month = now.year, now.month
    for _ in range(months):
        low = datetime(year, month, 1, tzinfo=UTC)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        out.append((f"{low:%Y%m}", low, datetime(year, month, 1, tzinfo=UTC)))
    return out


def partition_statements(table: Table, now: datetime, months: int) -> list[tuple[str, str, Any, Any]]:
    """Arguments of ``make_partition`` for one log table."""
    return [
        (table.name, f"{table.name}_{name}", uuid7_floor(low), uuid7_floor(high))
        for name, low, high in months_ahead(now, months)
    ]


def drop_functions(op: Any, schema: str) -> None:
    """Take back what :func:`functions` made, for the way down."""
    op.execute(f"DROP FUNCTION IF EXISTS {schema}.make_partition(text, text, uuid, uuid)")
    op.execute(f"DROP FUNCTION IF EXISTS {schema}.all_heads()")
    op.execute(f"DROP FUNCTION IF EXISTS {schema}.set_org(text)")
