"""``GET /<service>/v1/personal``: what a service holds on a person, for ticketing's bundle alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from shared.auth import Principal, allow
from shared.http.routing import TxDep, service_router
from shared.http.schemas import Output
from shared.personal.holder import Holder, collect, plain
from shared.personal.powers import POWER

#: One person, with the rows of the register that were merged into theirs.
MOST_IDS: Final = 100


class PersonalOut(Output):
    """What the service holds on a person, by holder and table, with what each would keep after an erasure."""

    data: Annotated[dict[str, Any], Field(description="Holder -> table -> rows, and `kept_after_erasure`")]


def personal_router(holders: Sequence[Holder]) -> APIRouter:
    """The door to a service's registry."""
    router = service_router(prefix="/v1/personal", tags=["personal data"])

    @router.get("", operation_id="read_personal_data")
    async def read_personal_data(
        tx: TxDep,
        who: Annotated[Principal, allow(POWER)],
        ids: Annotated[
            list[UUID], Query(min_length=1, max_length=MOST_IDS, description="The person, and who was merged into them")
        ],
    ) -> PersonalOut:
        """Everything held on a person, in full, for the bundle that ticketing makes; it is recorded there."""
        return PersonalOut(data=plain(await collect(tx, holders, sorted(set(ids)))))

    return router
