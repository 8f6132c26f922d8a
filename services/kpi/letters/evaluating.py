"""Evaluations of progress and quality that a letter asks for, month by month and quarter by quarter, by their day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi.domain.letters import CYCLES, LetterError
from services.kpi.errors import BadInput
from services.kpi.letter_errors import EvaluationThere, LetterNotInForce, NoEvaluations
from services.kpi.letters import papers, signing
from services.kpi.letters import service as letters
from services.kpi.letters.paper_schemas import EvaluationIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.periods import Period

EVALUATION = "evaluation"


def due_on(days: dict[str, int], period: Period) -> date | None:
    """The last day on which the evaluation of a period is in time; None for a cycle that the letter has none of."""
    # row: C-225, E-039, E-040 progress and quality by the 2nd of the next month, the quarter's appraisal by the 3rd
    cycle = next((name for name in days if CYCLES[name] == period.months), None)
    return None if cycle is None else period.end + timedelta(days=days[cycle] - 1)


async def evaluate(tx: Tx, who: Principal, letter_id: UUID, body: EvaluationIn) -> Row[Any]:
    """Keep the evaluation of a period that is over, each once, with whether it came in time.

    Raises NoSuchLetter, LetterNotInForce, NoEvaluations, EvaluationThere, BadInput.
    """
    row = await signing.locked(tx, who, letter_id)
    if row.state in ("draft", "void"):
        raise LetterNotInForce()
    period, term = Period.parse(body.period), Period.parse(row.term)
    last = due_on(row.definition.get("evaluations") or {}, period)
    if last is None or not (term.start <= period.start and period.end <= term.end):
        raise NoEvaluations(period=body.period)
    if tx.now < period.bounds(letters.zone(row))[1]:
        raise BadInput.of(LetterError("period", "该期间尚未结束", "the period is not over yet"))
    known = await papers.records(tx, row.id)
    if any(record.kind == EVALUATION and record.details["period"] == body.period for record in known):
        raise EvaluationThere(period=body.period)
    on_time = tx.now.astimezone(letters.zone(row)).date() <= last
    changes = await papers.amendments(tx, [row.id])
    details = {
        "period": body.period,
        # row: AMB-099 of the period that is over, by what the letter said on its last day
        "amendments": [one.number for one in changes if one.state == "effective" and one.effective_on < period.end],
        "progress": body.progress,
        "quality": body.quality,
        "due_on": last.isoformat(),
        "on_time": on_time,
    }
    await signing.keep(tx, row, EVALUATION, body.text, details, body.file_ids)
    tx.audit("letter.evaluated", "letter", row.id, after={"period": body.period, "on_time": on_time})
    return row
