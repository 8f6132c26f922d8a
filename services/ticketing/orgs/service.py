"""Making an organisation: its row, and the root of its tree under the same id."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from services.ticketing.errors import OrganisationExists
from services.ticketing.models import org_units
from services.ticketing.places.tree import ORG_UNIT
from services.ticketing.register.bulk import Change, announce
from shared.db import organisations
from shared.db.database import Database
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.settings import ServiceSettings

ROOT = "root"
#: The source of what Steward itself makes.
OWN_SOURCE = "steward"


async def create_org(settings: ServiceSettings, name: str) -> UUID:
    """Make an organisation on an installation, outside of any request (``steward org create``); returns its id."""
    db = Database(settings)
    org_id = uuid7()
    try:
        async with db.tx(org_id, request_id="org-create") as tx:
            await create_in(tx, name)
    finally:
        await db.close()
    return org_id


async def create_in(tx: Tx, name: str) -> UUID:
    """Make the organisation that ``tx`` is opened for: the list of organisations, the root org unit, their events.

    The root has the organisation's own id, so that a scope of that id sees everything.

    Raises:
        OrganisationExists: there is one of this id.
    """
    root = await tx.scalar(
        select(org_units.c.id).where(org_units.c.org_id == tx.org_id, org_units.c.id == tx.org_id)
    )
    if root is not None:
        raise OrganisationExists()
    await organisations.remember(await tx.driver(), tx.schema, tx.org_id, name)
    values = {"name": name, "kind": ROOT, "parent_id": None, "path": [tx.org_id]}
    await insert_rows(
        tx,
        org_units,
        [
            {
                "id": tx.org_id,
                "version": 1,
                "created_at": tx.now,
                "updated_at": tx.now,
                "source": OWN_SOURCE,
                "external_id": ROOT,
                **values,
            }
        ],
    )
    tx.emit("org.created.v1", subject=tx.org_id, seq=1, data={"name": name})
    tx.audit("org.created", "org", tx.org_id, after={"name": name})
    announce(tx, ORG_UNIT, [Change(tx.org_id, 1, values, None)])
    return tx.org_id
