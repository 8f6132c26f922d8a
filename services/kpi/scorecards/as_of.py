"""Time travel: the scorecard of a letter's period as it was believed at a past moment, and what was learned since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi import access
from services.kpi.domain.catalogue import recorded
from services.kpi.domain.given import definition
from services.kpi.domain.letters import LetterError
from services.kpi.errors import BadInput, NoSuchIndicator
from services.kpi.facts.learned import Learned, learned
from services.kpi.letter_errors import LetterNotInForce
from services.kpi.letters import service as signed
from services.kpi.letters import terms
from services.kpi.reviews import totals as reviews
from services.kpi.scorecards import repository
from services.kpi.scorecards.computing import numbers_as_of, stored_as
from services.kpi.scorecards.scoring import before, period_of, scored
from shared.auth import Principal
from shared.db.tx import Tx
from shared.periods import Period


@dataclass(frozen=True, slots=True)
class Belief:
    """What was believed of a letter's period at a moment; `card` where one was frozen by then.

    `since`: from when on what was learned is not in it. `names`: by which name the cases of each line are
    kept, None for a line that is observed.
    """

    letter: Row[Any]
    period: Period
    moment: datetime
    since: datetime
    result: Mapping[str, Any]
    names: Mapping[str, str | None]
    card: Row[Any] | None
    standing_id: UUID | None

    @property
    def status(self) -> str:
        """Provisional, closed or restated, as the feeds have it."""
        if self.card is None:
            return "provisional"
        return "closed" if self.card.revision == 1 else "restated"


async def believed(tx: Tx, who: Principal, letter_id: UUID, period: str, moment: datetime) -> Belief:
    """The scorecard that stood at a moment, or the provisional one that could be computed then: the letter's terms (of
    one signed later, as they were signed) over what was known.

    Raises NoSuchLetter, LetterNotInForce for a draft, PeriodOutsideTerm, BadInput for a moment that has not come.
    """
    row = await signed.get(tx, who, letter_id)
    if moment > tx.now:
        raise BadInput.of(LetterError("query.as_of", "时间应不晚于现在", "a moment that has come"))
    if row.state == "draft":
        raise LetterNotInForce()
    at = period_of(signed.signed(row), row.term, period)
    said = await terms.at(tx, row, at, moment)
    letter = said.letter
    names = {
        item.indicator: None if recorded(item.indicator, by) else stored_as(item.indicator, by)
        for item in letter.items
        for by in (definition(item, item.indicator, said.parameters),)
    }
    head = await repository.standing_of(tx, row.id, str(at))
    cards = await repository.stood(tx, [row.id], [str(at)], moment)
    if cards:
        (card,) = cards
        # What came after the freeze is not in the card, even where it came before the moment that is asked of.
        return Belief(row, at, moment, card.frozen_at, card.result, names, card, head)
    community = await access.community(tx, who, row.community_id)
    found = await numbers_as_of(tx, letter, said.parameters, community, at, moment)
    like = await repository.letters_like(tx, row.community_id, row.template)
    earlier = await repository.stood(tx, like, before(at), moment)
    past = await repository.readings_of(tx, {card.id: card.period for card in earlier})
    columns = await reviews.totals(tx, row.id, str(at), moment)
    readings = {code: item.reading for code, item in found.items()}
    result = scored(letter, said.parameters, readings, past, at, columns).as_json()
    return Belief(row, at, moment, moment, result, names, None, head)


async def since(
    tx: Tx, belief: Belief, indicator: str | None, after: tuple[str, str], limit: int
) -> list[Learned]:
    """The cases that stand otherwise now than the belief has them, by line of the letter and subject.

    Raises NoSuchIndicator for one that is not on the letter.
    """
    if indicator is not None and indicator not in belief.names:
        raise NoSuchIndicator(indicator=indicator)
    found: list[Learned] = []
    for code in sorted(belief.names if indicator is None else [indicator]):
        if code < after[0]:
            continue
        found += await learned(
            *(tx, code, belief.names[code], [belief.letter.community_id], belief.period, belief.since),
            after=after[1] if code == after[0] else "",
            limit=limit - len(found),
        )
        if len(found) == limit:
            break
    return found
