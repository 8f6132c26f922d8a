"""People whom the register learns of through the app: a phone that proved itself, or whom an owner admits by it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from services.ticketing.models import people
from services.ticketing.people import repository
from services.ticketing.people.service import PERSON
from services.ticketing.register.bulk import Change, announce
from services.ticketing.register.repository import insert_new, locked
from services.ticketing.sessions.identities import PHONE, follow, key_of
from services.ticketing.sessions.secrets import Vault
from shared.db.tx import Tx
from shared.ids import uuid7

#: The source of people who came by the app. Their external id is the keyed hash of the phone, so that two arrivals at
#: once are one person; erasing or merging somebody releases it (``repository.released``).
APP: Final = "app"


async def by_phone(tx: Tx, keys: Vault, phone: str, name: str | None, locale: str = "zh") -> UUID:
    """The person of this phone number: one whom the register knows, else a new one with that name.

    ``phone`` is in its normal form. Of several people who share a phone the one of that name is meant, or the longest
    known. What the register says of somebody it knows is not changed, and not told either.
    """
    known = await repository.living_by_phone(tx, phone)
    if known:
        found: UUID = next((row.id for row in known if name is not None and row.name == name), known[0].id)
        return found
    external_id = key_of(keys, PHONE, phone).hex()
    values = {"name": name, "phone": phone, "email": None, "locale": locale}
    id = uuid7()
    row = {
        "id": id,
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "source": APP,
        "external_id": external_id,
        **values,
    }
    if not await insert_new(tx, people, [row]):
        # Somebody else's arrival was first, or their phone was changed by hand since: it is them all the same.
        first: UUID = (await locked(tx, people, APP, {external_id}))[external_id].id
        return first
    announce(tx, PERSON, [Change(id, 1, values, None)])
    follow(tx, "person", [id])
    return id


async def call(tx: Tx, person_id: UUID, name: str) -> None:
    """Give somebody a name who came by the app without one; a name that is there stays."""
    row = await repository.lock_person(tx, person_id, ())
    if row is None or row.name is not None or row.erased_at is not None or row.merged_into is not None:
        return
    before = {column: getattr(row, column) for column in PERSON.columns}
    await repository.write_person(tx, row, {"name": name})
    announce(tx, PERSON, [Change(row.id, row.version + 1, {**before, "name": name}, before)])
