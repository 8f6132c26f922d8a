"""``/kpi/v1/scorecards/as-of``: what was believed of a letter's period at a past moment, and what was learned since."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query

from services.kpi.facts.learned import Learned
from services.kpi.schemas import LearnedOut, learned_out
from services.kpi.scorecards import as_of
from services.kpi.scorecards.as_of import Belief
from services.kpi.scorecards.schemas import BeliefOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, problems, service_router
from shared.http.schemas import PeriodCode, UtcTime

router = service_router(prefix="/v1/scorecards/as-of", tags=["scorecards"])

#: Cases shown beside a card; the rest is a page away.
SHOWN = 20
Moment = Annotated[UtcTime, Query(alias="as_of", description="A moment that has come")]
PeriodQuery = Annotated[PeriodCode, Query()]


@router.get("", operation_id="get_scorecard_as_of", responses=problems(404, 409))
async def get_scorecard_as_of(
    letter_id: UUID,
    period: PeriodQuery,
    moment: Moment,
    tx: TxDep,
    who: Annotated[Principal, allow("scorecard.read")],
) -> BeliefOut:
    """The card that stood for a letter's period at a moment, or the provisional one by what could be known then; with
    the cases that stand otherwise now."""
    belief = await as_of.believed(tx, who, letter_id, period, moment)
    return _present(belief, await as_of.since(tx, belief, None, ("", ""), SHOWN))


@router.get("/learned", operation_id="list_learned_since", responses=problems(404, 409))
async def list_learned_since(
    letter_id: UUID,
    period: PeriodQuery,
    moment: Moment,
    tx: TxDep,
    who: Annotated[Principal, allow("scorecard.read")],
    page: PageDep,
    indicator: Annotated[str | None, Query(max_length=120)] = None,
) -> Page[LearnedOut]:
    """The cases that stand otherwise now than the card of that moment had them, each as it was and as it is."""
    belief = await as_of.believed(tx, who, letter_id, period, moment)
    after = ("", "") if page.after is None else (page.after.text("indicator"), page.after.text("subject"))
    rows = await as_of.since(tx, belief, indicator, after, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"indicator": row.indicator, "subject": row.subject}, learned_out)


def _present(belief: Belief, since: list[Learned]) -> BeliefOut:
    asked = {
        "letter_id": str(belief.letter.id),
        "period": str(belief.period),
        "as_of": belief.moment.isoformat().replace("+00:00", "Z"),
    }
    result: dict[str, Any] = {"columns": {}, "final": True, "notes": [], **belief.result}
    return BeliefOut.model_validate(
        {
            **result,
            "items": [{"bonus": None, **item} for item in result["items"]],
            "letter_id": belief.letter.id,
            "community_id": belief.letter.community_id,
            "subject_id": belief.letter.subject_id,
            "period": str(belief.period),
            "as_of": belief.moment,
            "status": belief.status,
            "scorecard_id": None if belief.card is None else belief.card.id,
            "revision": 0 if belief.card is None else belief.card.revision,
            "knowledge_until": belief.since,
            "standing_id": belief.standing_id,
            "learned": [learned_out(row) for row in since],
            "learned_url": f"/kpi/v1/scorecards/as-of/learned?{urlencode(asked)}",
        }
    )
