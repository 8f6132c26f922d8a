"""Insert statements for the driver, made once from the tables: the compiler's share of a hot write is a third of it."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Table


@cache
def insert_sql(table: Table) -> str:
    """``INSERT INTO … VALUES ($1, …)`` with every column of the table, in the order of :func:`columns`."""
    names = columns(table)
    marks = ", ".join(f"${n}" for n in range(1, len(names) + 1))
    return f"INSERT INTO {table.fullname} ({', '.join(names)}) VALUES ({marks})"


@cache
def columns(table: Table) -> tuple[str, ...]:
    """The columns of a table in the order of its declaration."""
    return tuple(c.name for c in table.columns)
