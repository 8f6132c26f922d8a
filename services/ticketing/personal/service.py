"""Everything held on a person, as one bundle or gone for good; and who opened whose data."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Row

from services.ticketing.clients import fetch_personal
from services.ticketing.domain.staff_errors import StillEmployed
from services.ticketing.errors import NoSuchPerson, NoSuchStaff, PersonErased
from services.ticketing.files import service as files
from services.ticketing.files.tasks import keys, store_of
from services.ticketing.models import people, staff
from services.ticketing.people import employees
from services.ticketing.people import repository as register
from services.ticketing.personal import repository
from services.ticketing.personal.errors import PeriodInvalid
from services.ticketing.personal.openings import opened
from services.ticketing.personal.registry import HOLDERS, OF_EMPLOYEES
from services.ticketing.sessions.identities import follow
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.files.store import key_of
from shared.ids import uuid7
from shared.personal import collect, forget, plain
from shared.runtime import Runtime

#: What stands in a bundle in the place of a part that could not be had.
MISSING: Final = {
    "missing": {"zh": "该服务暂时无法应答，请稍后重新导出", "en": "This service could not be asked; export again later"}
}


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
    gone = {row.id: row.version}
    gone |= {other.id: other.version for other in await register.merged_rows(tx, person_id)}
    # row: D-075 erasure reaches every slice that joined the registry
    await forget(tx, HOLDERS, list(gone))
    follow(tx, "person", [person_id])
    for id, version in gone.items():
        # Peers may hold something under the id of whoever was merged away, too.
        tx.emit("person.erased.v1", subject=id, seq=version + 1, data={})
    tx.audit("person.erased", "person", person_id, after={"reason": reason})
    erased = await register.lock_person(tx, person_id, ())
    assert erased is not None  # locked above
    return erased


async def erase_employee(tx: Tx, who: Principal, person_id: UUID, reason: str) -> Row[Any]:
    """Erase the data of somebody who has left; what they did at work stays under their id. Peers hear of it.

    Raises:
        NoSuchStaff: unknown, or outside the caller's reach.
        StillEmployed: they have not left.
        PersonErased: already done.
    """
    row = await employees.lock(tx, person_id, register.staff_reach(tx, who))
    if row is None:
        raise NoSuchStaff()
    if row.erased_at is not None:
        raise PersonErased()
    if row.left_at is None:
        raise StillEmployed()
    # row: D-075 an employee who left is forgotten, too
    await forget(tx, OF_EMPLOYEES, [person_id])
    follow(tx, "staff", [person_id])
    tx.emit("person.erased.v1", subject=person_id, seq=row.version + 1, data={})
    tx.audit("staff.erased", "staff", person_id, after={"reason": reason})
    erased = await employees.lock(tx, person_id, ())
    assert erased is not None  # locked above
    return erased


@dataclass(frozen=True, slots=True)
class Bundle:
    """The file of an export, and the services whose part is missing because they could not be asked."""

    file: Row[Any]
    missing: Sequence[str]


async def export_person(rt: Runtime, who: Principal, person_id: UUID, reason: str | None, request_id: str) -> Bundle:
    """A person's data at all services as a ZIP in the object store, which the caller alone finds, for a day.

    It is recorded. A service that cannot be asked is named in the file and in the answer, never left out in silence.

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
        ids = [person_id, *(other.id for other in await register.merged_rows(tx, person_id))]
        made_at, own = tx.now, await collect(tx, HOLDERS, ids)
    theirs = await fetch_personal(rt, who.org, ids)
    missing = [peer for peer, part in theirs.items() if part is None]
    content = {
        "person_id": person_id,
        "organisation_id": who.org,
        "made_at": made_at,
        "services": {"ticketing": own, **{peer: MISSING if part is None else part for peer, part in theirs.items()}},
        "missing": missing,
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
                more={"file_id": file_id, "missing": missing},
            )
            name = f"personal-data-{person_id}.zip"
            return Bundle(await files.add_bundle(tx, who, file_id, person_id, name, data), missing)
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
    row = await register.lock_person(tx, person_id, ()) or await employees.lock(tx, person_id, ())
    if row is not None and row.erased_at is not None:
        raise PersonErased()


def _zipped(content: Mapping[str, Any]) -> bytes:
    """One JSON file in a ZIP: what a machine reads and a person can open. Sealed and hashed bytes are left out."""
    text = orjson.dumps(plain(content), option=orjson.OPT_INDENT_2)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", text)
    return out.getvalue()


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
