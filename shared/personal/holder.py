"""What a slice says of the personal data it holds: where, how it is collected and forgotten, what stays and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, or_, select, update

from shared.db.tx import Tx

Found = Mapping[str, Sequence[Mapping[str, Any]]]

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Holder:
    """One slice's share: each slice declares it in its own ``personal.py`` and joins by a line of the registry.

    ``tables`` are named as in the schema; ``collect`` answers everything they hold on a person, in full, as lists of
    rows by name; ``forget`` takes it away within the erasure's transaction. What ``forget`` leaves, law, ledger or
    other people's records need: ``kept_zh`` and ``kept_en`` tell the person what and why (empty: nothing).
    """

    code: str
    tables: frozenset[str]
    collect: Callable[[Tx, UUID], Awaitable[Found]]
    forget: Callable[[Tx, UUID], Awaitable[None]] | None = None
    kept_zh: str = ""
    kept_en: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A table whose rows name a person by id: in its columns ``by``, or in those of ``via``, which ``key`` points to.

    ``blank`` is what erasure writes into the person's rows; without it they stay as they are.
    """

    table: Table
    by: tuple[str, ...] = ()
    key: str = ""
    via: Held | None = None
    blank: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)

    def whose(self, org_id: UUID, person_id: UUID) -> list[ColumnElement[bool]]:
        """The conditions on the person's rows."""
        c = self.table.c
        arms: list[ColumnElement[bool]] = [c[name] == person_id for name in self.by]
        if self.via is not None:
            theirs = select(self.via.table.c.id).where(*self.via.whose(org_id, person_id))
            arms.append(c[self.key].in_(theirs))
        return [c.org_id == org_id, or_(*arms)]


def of_tables(code: str, *held: Held, kept_zh: str = "", kept_en: str = "") -> Holder:
    """A holder of plain tables: a person's rows as they are, and their blanks where something is to be forgotten."""

    async def collected(tx: Tx, person_id: UUID) -> Found:
        found = {}
        for one in held:
            wanted = select(one.table).where(*one.whose(tx.org_id, person_id))
            found[one.table.name] = rows_of(await tx.rows(wanted.order_by(*one.table.primary_key.columns)))
        return found

    async def forgotten(tx: Tx, person_id: UUID) -> None:
        for one in held:
            if one.blank:
                c = one.table.c
                stamp = {"version": c.version + 1, "updated_at": tx.now} if "version" in c else {}
                values = {**one.blank, **stamp}
                await tx.execute(update(one.table).where(*one.whose(tx.org_id, person_id)).values(values))

    forgets = any(one.blank for one in held)
    tables = frozenset(one.table.name for one in held)
    return Holder(code, tables, collected, forgotten if forgets else None, kept_zh, kept_en)


def rows_of(rows: Sequence[Row[Any]], *leave_out: str) -> list[dict[str, Any]]:
    """Rows as a bundle shows them, without the organisation and what is left out."""
    hidden = {"org_id", *leave_out}
    return [{name: value for name, value in row._mapping.items() if name not in hidden} for row in rows]


async def collect(tx: Tx, holders: Sequence[Holder], ids: Sequence[UUID]) -> dict[str, Any]:
    """What every holder has on the person of these ids, in full, and what each would keep after an erasure.

    Several ids are one person: rows of the register that were merged.
    """
    found: dict[str, Any] = {}
    for holder in holders:
        rows: dict[str, list[Mapping[str, Any]]] = {}
        for id in ids:
            for name, held in (await holder.collect(tx, id)).items():
                rows.setdefault(name, []).extend(held)
        kept = {"zh": holder.kept_zh, "en": holder.kept_en} if holder.kept_en else None
        found[holder.code] = {**rows, "kept_after_erasure": kept}
    return found


async def forget(tx: Tx, holders: Sequence[Holder], ids: Sequence[UUID]) -> None:
    """Take a person's data away at every holder, in the order of the registry."""
    for holder in holders:
        if holder.forget is not None:
            for id in ids:
                await holder.forget(tx, id)


def plain(value: Any) -> Any:
    """Values as JSON shows them: sealed and hashed bytes are left out, amounts and ids are text."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    return None if isinstance(value, bytes) else str(value)
