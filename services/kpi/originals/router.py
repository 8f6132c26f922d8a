"""``/kpi/v1/originals``: the one door through which originals are opened, and the record of its use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request

from services.kpi.domain import originals
from services.kpi.domain.numbers import plain
from services.kpi.domain.verdicts import words
from services.kpi.facts.repository import number
from services.kpi.originals import service
from services.kpi.originals.schemas import ChainOut, OpeningIn, OpeningOut, RecordOut, UseOut, VersionOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, own_transactions, page_of, problems, service_router
from shared.http.schemas import Text
from shared.runtime import Runtime
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/originals", tags=["originals"])


@router.post("", status_code=201, operation_id="open_originals", responses=problems(404, 503))
@own_transactions  # the originals are at the peers: they are fetched first, then recorded, then shown
async def open_originals(
    body: OpeningIn, request: Request, who: Annotated[Principal, allow("original.open")]
) -> OpeningOut:
    """Have the originals behind one case produced: the record, its history, signatures and files, and every version
    of the fact. Only auditors may; each use is numbered, hashed and listed."""
    rt: Runtime = request.app.state.runtime
    async with rt.db.read(who.org) as tx:
        row, versions = await service.case(tx, who, body.fact_id)
    found = await service.fetch(rt, who.org, row["link"])
    async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id.get()) as tx:
        entry = await service.record(tx, who, body, row, found)
    hashes = [record["sha256"] for record in entry["records"]]
    return OpeningOut.model_validate(
        {
            **entry,
            "contents": [
                RecordOut(address=path, sha256=told, content=content)
                for (path, content), told in zip(found, hashes, strict=True)
            ],
            "versions": [_version(version) for version in versions],
        }
    )


def _version(row: Any) -> VersionOut:
    return VersionOut(
        fact_id=UUID(str(row["id"])),
        state=row["verdict"],
        title=Text(**words(row["verdict"]).as_json()),
        counted=row["counted"],
        numerator=plain(number(row["numerator"])),
        denominator=plain(number(row["denominator"])),
        recorded_at=row["recorded_at"],
    )


def use(row: Any) -> UseOut:
    """One use of the door."""
    fields: Mapping[str, Any] = row._mapping
    return UseOut.model_validate({name: fields[name] for name in UseOut.model_fields})


@router.get("", operation_id="list_original_openings")
async def list_original_openings(
    tx: TxDep,
    who: Annotated[Principal, allow("original.review")],
    page: PageDep,
    fact_id: UUID | None = None,
    opened_by: UUID | None = None,
    community_id: UUID | None = None,
) -> Page[UseOut]:
    """Who opened which originals, when and why, the latest first."""
    filters = {"fact_id": fact_id, "opened_by": opened_by, "community_id": community_id}
    before = page.after.number("number") if page.after else None
    rows = await service.page(tx, who, filters, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"number": row.number}, use)


@router.get("/chain", operation_id="check_original_openings")
async def check_original_openings(tx: TxDep, who: Annotated[Principal, allow("original.review")]) -> ChainOut:
    """Whether the record of openings is whole: every number there, and each under the hash of the one before."""
    there, broken, last = await service.check(tx)
    return ChainOut(ok=broken is None, openings=there, broken_at=broken, hash=last or originals.GENESIS)
