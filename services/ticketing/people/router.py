"""People, relations and staff: bulk import, lists, single rows, opening and erasure of personal data."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy import literal, or_

from services.ticketing.errors import IdsInvalid, NoSuchPerson, NoSuchRelation, NoSuchStaff
from services.ticketing.models import people, relations, staff
from services.ticketing.people import service
from services.ticketing.people.repository import people_reach, relations_reach, staff_reach
from services.ticketing.people.schemas import (
    OpenedPeopleOut,
    OpenPeopleIn,
    PeopleBulk,
    PersonOut,
    RelationOut,
    RelationRole,
    RelationsBulk,
    StaffBulk,
    StaffOut,
    person_out,
    relation_out,
    staff_out,
)
from services.ticketing.register import repository
from services.ticketing.register.schemas import BulkOut, KnownAsDep
from shared.auth import Principal, allow
from shared.errors import FieldError
from shared.http.routing import Page, PageDep, TxDep, answer_not_kept, page_of, problems, service_router
from shared.http.schemas import LocalDate
from shared.masking import normal_phone

router = service_router(prefix="/v1", tags=["people"])

MOST_IDS = 200


def _ids(text: str) -> list[UUID]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        found = [UUID(part) for part in parts]
    except ValueError:
        found = []
    if not found or len(found) > MOST_IDS:
        raise IdsInvalid(
            fields=[
                FieldError(
                    "query.ids",
                    f"应为 1 至 {MOST_IDS} 个以逗号分隔的编号",
                    f"Should be 1 to {MOST_IDS} ids separated by commas",
                )
            ]
        )
    return found


@router.post("/people/bulk", operation_id="bulk_people")
async def post_people(
    body: PeopleBulk, tx: TxDep, who: Annotated[Principal, allow("people.write")]
) -> BulkOut:
    """Import up to 500 people."""
    return await service.bulk_people(tx, who, body)


@router.get("/people", operation_id="list_people")
async def list_people(
    tx: TxDep,
    who: Annotated[Principal, allow("people.read")],
    page: PageDep,
    known_as: KnownAsDep,
    ids: Annotated[
        str | None,
        Query(description=f"Up to {MOST_IDS} ids, comma-separated, employees' too: all answered on one page"),
    ] = None,
    phone: Annotated[str | None, Query(max_length=40, description="The person with this phone number")] = None,
) -> Page[PersonOut]:
    """People within the caller's reach, masked; in full for peer services and for people about themselves."""
    if ids is not None:
        return Page[PersonOut](items=list(await service.people_by_ids(tx, who, _ids(ids))), next=None)
    where = people_reach(tx, who)
    if phone is not None:
        try:
            where.append(people.c.phone == normal_phone(phone))
        except ValueError:
            where.append(literal(False))  # nobody has what is no phone number
    rows = await repository.page(tx, people, where, page, known_as)
    return page_of(
        rows,
        page.limit,
        lambda row: {"id": row.id},
        lambda row: person_out(row, masked=not service.reads_in_full(who, row.id)),
    )


@router.post("/people/open", operation_id="open_people", responses=problems(404))
@answer_not_kept
async def open_people(
    body: OpenPeopleIn, tx: TxDep, who: Annotated[Principal, allow("people.open")]
) -> OpenedPeopleOut:
    """Personal data in full. Who opened whose, when and why is recorded for good."""
    return OpenedPeopleOut(items=list(await service.open_people(tx, who, body.ids, body.reason)))


@router.get("/people/{id}", operation_id="get_person", responses=problems(404))
async def get_person(
    id: UUID, tx: TxDep, who: Annotated[Principal, allow("people.read")]
) -> PersonOut:
    """One person or employee, masked unless it is oneself."""
    found = await service.people_by_ids(tx, who, [id])
    if not found:
        raise NoSuchPerson()
    return found[0]


@router.post("/relations/bulk", operation_id="bulk_relations")
async def post_relations(
    body: RelationsBulk, tx: TxDep, who: Annotated[Principal, allow("register.write")]
) -> BulkOut:
    """Import up to 500 relations."""
    return await service.bulk_relations(tx, who, body)


@router.get("/relations", operation_id="list_relations")
async def list_relations(
    tx: TxDep,
    who: Annotated[Principal, allow("register.read")],
    page: PageDep,
    known_as: KnownAsDep,
    unit_id: UUID | None = None,
    person_id: UUID | None = None,
    community_id: UUID | None = None,
    role: RelationRole | None = None,
    on: Annotated[LocalDate | None, Query(description="Relations that hold on this local day")] = None,
) -> Page[RelationOut]:
    """Relations within the caller's reach; a resident's are their own and those of their units in their time there."""
    c = relations.c
    where = await relations_reach(tx, who)
    for column, wanted in (
        (c.unit_id, unit_id),
        (c.person_id, person_id),
        (c.community_id, community_id),
        (c.role, role),
    ):
        if wanted is not None:
            where.append(column == wanted)
    if on is not None:
        where += [c.since <= on, or_(c.until.is_(None), c.until >= on)]
    rows = await repository.page(tx, relations, where, page, known_as)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, relation_out)


@router.get("/relations/{id}", operation_id="get_relation", responses=problems(404))
async def get_relation(
    id: UUID, tx: TxDep, who: Annotated[Principal, allow("register.read")]
) -> RelationOut:
    """One relation."""
    row = await repository.one(tx, relations, id, await relations_reach(tx, who))
    if row is None:
        raise NoSuchRelation()
    return relation_out(row)


@router.post("/staff/bulk", operation_id="bulk_staff")
async def post_staff(
    body: StaffBulk, tx: TxDep, who: Annotated[Principal, allow("staff.write")]
) -> BulkOut:
    """Import up to 500 employees with their roles and org units."""
    return await service.bulk_staff(tx, who, body)


@router.get("/staff", operation_id="list_staff")
async def list_staff(
    tx: TxDep,
    who: Annotated[Principal, allow("staff.read")],
    page: PageDep,
    known_as: KnownAsDep,
    role: Annotated[str | None, Query(max_length=40, description="Who holds this role")] = None,
    org_unit_id: Annotated[UUID | None, Query(description="Who is assigned to this org unit itself")] = None,
) -> Page[StaffOut]:
    """Employees within the caller's reach, masked; in full for peer services and for oneself."""
    where = staff_reach(tx, who)
    if role is not None:
        where.append(staff.c.roles.contains([role]))
    if org_unit_id is not None:
        where.append(staff.c.units.contains([org_unit_id]))
    rows = await repository.page(tx, staff, where, page, known_as)
    return page_of(
        rows,
        page.limit,
        lambda row: {"id": row.id},
        lambda row: staff_out(row, masked=not service.reads_in_full(who, row.id)),
    )


@router.get("/staff/{id}", operation_id="get_staff", responses=problems(404))
async def get_staff(
    id: UUID, tx: TxDep, who: Annotated[Principal, allow("staff.read")]
) -> StaffOut:
    """One employee, masked unless it is oneself."""
    row = await repository.one(tx, staff, id, staff_reach(tx, who))
    if row is None:
        raise NoSuchStaff()
    return staff_out(row, masked=not service.reads_in_full(who, row.id))
