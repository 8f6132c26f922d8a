"""The monthly check of owner files (C-077): each file at most once per check, the last check of a file counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row as DbRow

from services.ticketing import access
from services.ticketing.archives import repository
from services.ticketing.archives.schemas import CheckErrorOut, CheckIn, CheckItemIn
from services.ticketing.archives.service import EVENT_CHUNK
from services.ticketing.domain.archives import check_fits_month
from services.ticketing.errors import ArchiveCheckInvalid, NoSuchArchiveCheck
from services.ticketing.models import archive_checks
from services.ticketing.register.repository import one
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.http.schemas import Text
from shared.ids import uuid7
from shared.periods import Period


@dataclass(frozen=True, slots=True)
class Made:
    """A stored check, and why some of its rows were not."""

    check: DbRow[Any]
    errors: Sequence[CheckErrorOut]


async def make_check(tx: Tx, who: Principal, body: CheckIn) -> Made:
    """Store a check with its good rows and tell of them; bad rows are reported.

    Raises:
        NoSuchCommunity: unknown, or outside the caller's reach.
        ArchiveCheckInvalid: made in the future or before its month, or without one good row.
    """
    community = await access.community(tx, who, body.community_id)
    checked_at = body.occurred_at or tx.now
    faults = []
    if checked_at > tx.now:
        faults.append(FieldError("occurred_at", "核查时间不能晚于现在", "A check cannot lie in the future"))
    if not check_fits_month(Period.parse(body.month).start, community.local_date(checked_at)):
        faults.append(
            FieldError("month", "核查时间早于所属月份", "The check was made before its month began")
        )
    if faults:
        raise ArchiveCheckInvalid(fields=faults)
    items, errors = await _good_rows(tx, body)
    if not items:
        raise ArchiveCheckInvalid(
            fields=[FieldError(f"items.{e.index}.{e.path}", e.message.zh, e.message.en) for e in errors]
        )
    check_id = uuid7()
    counts = {
        "checked": len(items),
        "complete": sum(item["complete"] for item in items),
        "up_to_date": sum(item["up_to_date"] for item in items),
    }
    check = {
        "id": check_id,
        "community_id": community.id,
        "month": body.month,
        "checked_at": checked_at,
        "checked_by": tx.actor_id,
        "late_reason": body.late_reason,
        **counts,
    }
    # row: C-077, G-002 each check keeps who found what of which file, and when
    await repository.add_check(tx, check, items)
    await repository.note_last_check(tx, check_id, checked_at, items)
    for number, start in enumerate(range(0, len(items), EVENT_CHUNK), 1):
        tx.emit(
            "archive.checked.v1",
            subject=check_id,
            seq=number,
            community_id=community.id,
            occurred_at=checked_at,
            data={
                "check_id": str(check_id),
                "month": body.month,
                "checked_at": checked_at.isoformat().replace("+00:00", "Z"),
                "items": [_told(item) for item in items[start : start + EVENT_CHUNK]],
            },
        )
    tx.audit("archive.checked", "archive_check", check_id, after={"month": body.month, **counts})
    row = await one(tx, archive_checks, check_id, ())
    assert row is not None  # stored above
    return Made(row, errors)


def _told(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "file_id": str(item["file_id"]),
        "unit_id": str(item["unit_id"]),
        "complete": item["complete"],
        "up_to_date": item["up_to_date"],
    }


async def _good_rows(tx: Tx, body: CheckIn) -> tuple[list[dict[str, Any]], list[CheckErrorOut]]:
    """The rows that can be stored, and what is wrong with the others."""
    rows = await repository.files_checked(
        tx,
        body.community_id,
        {item.unit_id for item in body.items if item.unit_id is not None},
        {item.file_id for item in body.items if item.file_id is not None},
    )
    by_file = {row.id: row for row in rows}
    by_unit = {row.unit_id: row for row in rows}
    seen: set[UUID] = set()
    good: list[dict[str, Any]] = []
    errors: list[CheckErrorOut] = []
    for index, item in enumerate(body.items):
        row = _file(item, by_file, by_unit)
        fault = _fault(item, row, seen)
        if fault is not None or row is None:
            path, zh, en = fault or ("unit_id", "", "")
            errors.append(CheckErrorOut(index=index, path=path, message=Text(zh=zh, en=en)))
            continue
        seen.add(row.id)
        good.append(
            {
                "file_id": row.id,
                "unit_id": row.unit_id,
                "complete": item.complete,
                "up_to_date": item.up_to_date,
                "missing": item.missing,
                "note": item.note,
            }
        )
    return good, errors


def _file(
    item: CheckItemIn, by_file: dict[UUID, DbRow[Any]], by_unit: dict[UUID, DbRow[Any]]
) -> DbRow[Any] | None:
    if item.file_id is not None:
        return by_file.get(item.file_id)
    return None if item.unit_id is None else by_unit.get(item.unit_id)


def _fault(item: CheckItemIn, row: DbRow[Any] | None, seen: set[UUID]) -> tuple[str, str, str] | None:
    if (item.unit_id is None) == (item.file_id is None) and (
        row is None or item.unit_id is None or row.unit_id != item.unit_id
    ):
        return ("unit_id", "请填写 unit_id 或 file_id 之一", "Name the file by unit_id or by file_id")
    if row is None:
        path = "file_id" if item.file_id is not None else "unit_id"
        return (path, "该小区没有这份业主档案", "The community has no such owner file")
    if row.id in seen:
        return ("unit_id", "同一次核查中该档案出现了两次", "This file is listed twice in one check")
    if item.complete and item.missing:
        return ("missing", "完整的档案不应有缺失项", "A complete file lacks nothing")
    return None


async def check(tx: Tx, who: Principal, check_id: UUID) -> DbRow[Any]:
    """One check within the caller's reach.

    Raises:
        NoSuchArchiveCheck: unknown, or outside of it.
    """
    row = await one(
        tx,
        archive_checks,
        check_id,
        access.within_reach(tx, who, community_column=archive_checks.c.community_id),
    )
    if row is None:
        raise NoSuchArchiveCheck()
    return row
