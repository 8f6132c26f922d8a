"""``/kpi/v1/what-if``."""

from __future__ import annotations

from typing import Annotated

from services.kpi.what_if import service
from services.kpi.what_if.schemas import DeadlineIn, DeadlineOut, WhatIfIn, WhatIfOut
from shared.auth import Principal, allow
from shared.http.routing import own_transactions, problems, service_router
from shared.http.schemas import Text

router = service_router(prefix="/v1/what-if", tags=["what-if"])


@router.post("", operation_id="what_if", responses=problems(404))
@own_transactions  # it stores nothing and needs no database
async def what_if(body: WhatIfIn, who: Annotated[Principal, allow("what_if.run")]) -> WhatIfOut:
    """Score given inputs under a letter, exactly as a real scorecard would be; nothing is stored."""
    return WhatIfOut.model_validate(service.what_if(body).as_json())


@router.post("/deadlines", operation_id="what_if_deadline")
@own_transactions  # it stores nothing and needs no database
async def what_if_deadline(body: DeadlineIn, who: Annotated[Principal, allow("what_if.run")]) -> DeadlineOut:
    """Until when a promise runs, and whether what was done met it."""
    found = service.deadline(body)
    return DeadlineOut(
        row=found.row,
        clock=found.clock,
        due_from=found.due_from,
        deadline=found.deadline,
        met=found.met,
        explanation=Text(zh=found.explanation.zh, en=found.explanation.en),
    )
