"""Everything held on a person, as one bundle or gone for good; and who opened whose data."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row

from services.ticketing.errors import NoSuchPerson, PersonErased
from services.ticketing.files import service as files
from services.ticketing.files.tasks import keys, store_of
from services.ticketing.models import people, staff
from services.ticketing.people import repository as register
from services.ticketing.personal import repository
from services.ticketing.personal.errors import PeriodInvalid
from services.ticketing.personal.openings import opened
from services.ticketing.personal.registry import HOLDERS
from services.ticketing.sessions.identities import follow
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.files.store import key_of
from shared.ids import uuid7
from shared.runtime import Runtime


async def erase_person(tx: Tx, who: Principal, person_id: UUID, reason: str) -> Row[Any]:
    """Erase a person's data at every holder of the registry, the key of the audit log last; peers hear of it.

    Raises:
        NoSuchPerson: unknown, or outside the caller's reach.
        PersonErased: already done.
    """
    row = await register.lock_person(tx, person_id, register.people_reach(tx, who))
    if row is None:
        raise NoSuchPerson()
    if row.erased_at is not None:
        raise PersonErased()
    # row: D-075 erasure reaches every slice that joined the registry
    for holder in HOLDERS:
        if holder.forget is not None:
            for id in (person_id, *await register.merged_into(tx, person_id)):
                await holder.forget(tx, id)
    follow(tx, "person", [person_id])
    tx.emit("person.erased.v1", subject=person_id, seq=row.version + 1, data={})
    tx.audit("person.erased", "person", person_id, after={"reason": reason})
    erased = await register.lock_person(tx, person_id, ())
    assert erased is not None  # locked above
    return erased


async def collect(tx: Tx, person_id: UUID) -> dict[str, Any]:
    """What every holder has on a person, in full, and what each would keep after an erasure.

    Rows that were merged into this person's are theirs as well.
    """
    found: dict[str, Any] = {}
    ids = (person_id, *await register.merged_into(tx, person_id))
    for holder in HOLDERS:
        rows: dict[str, list[Mapping[str, Any]]] = {}
        for id in ids:
            for name, held in (await holder.collect(tx, id)).items():
                rows.setdefault(name, []).extend(held)
        kept = {"zh": holder.kept_zh, "en": holder.kept_en} if holder.kept_en else None
        found[holder.code] = {**rows, "kept_after_erasure": kept}
    return found


async def export_person(
    rt: Runtime, who: Principal, person_id: UUID, reason: str | None, request_id: str
) -> Row[Any]:
    """A person's data as a ZIP in the object store, which the caller alone finds, for a day. It is recorded.

    Raises:
        NoSuchPerson: unknown, or outside the caller's reach.
        PersonErased: nothing is left.
        ReasonMissing: somebody else's data, and no reason.
        StorageMissing: the object store is away.
    """
    async with rt.db.read(who.org) as tx:
        row = await _within_reach(tx, who, person_id)
        if row.erased_at is not None:
            raise PersonErased()
        content = {
            "person_id": person_id,
            "organisation_id": who.org,
            "made_at": tx.now,
            "service": "ticketing",
            "data": await collect(tx, person_id),
        }
    data = await asyncio.to_thread(_zipped, content)
    file_id = uuid7()
    store = store_of(rt)
    await store.put(key_of(who.org, file_id), data)
    try:
        async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id) as tx:
            # Somebody may have been erased while the bundle was made: then it is not handed out.
            await _still_there(tx, person_id)
            opened(
                tx,
                "person.export_opened",
                "person",
                person_id,
                person_id=person_id,
                reason=reason or "own data",
                more={"file_id": file_id},
            )
            return await files.add_bundle(tx, who, file_id, person_id, f"personal-data-{person_id}.zip", data)
    except BaseException:
        await store.delete(*keys(who.org, file_id))  # nothing names it
        raise


async def _within_reach(tx: Tx, who: Principal, person_id: UUID) -> Row[Any]:
    found = await register.by_ids(tx, people, [person_id], register.people_reach(tx, who))
    if not found and not who.is_resident:
        found = await register.by_ids(tx, staff, [person_id], register.staff_reach(tx, who))
    if not found:
        raise NoSuchPerson()
    return found[0]


async def _still_there(tx: Tx, person_id: UUID) -> None:
    row = await register.lock_person(tx, person_id, ())
    if row is not None and row.erased_at is not None:
        raise PersonErased()


def _zipped(content: Mapping[str, Any]) -> bytes:
    """One JSON file in a ZIP: what a machine reads and a person can open. Sealed and hashed bytes are left out."""
    text = orjson.dumps(_plain(content), option=orjson.OPT_INDENT_2)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", text)
    return out.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, str | int | float | bool | datetime):
        return value
    return None if isinstance(value, bytes) else str(value)


async def openings_by(
    tx: Tx, who: Principal, by: UUID, since: datetime, until: datetime, *, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Whose data an account opened in ``since <= at < until``, through which door, for what reason.

    Raises:
        NoSuchPerson: the account is outside the caller's reach.
        PeriodInvalid: it ends before it begins.
    """
    if until <= since:
        raise PeriodInvalid(fields=[FieldError("query.to", "应晚于 from", "Should lie after `from`")])
    if not await register.reaches(tx, who, by):
        raise NoSuchPerson()
    return await repository.openings_by(tx, who, by, since, until, after=after, limit=limit)
