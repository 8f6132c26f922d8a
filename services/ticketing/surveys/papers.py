"""What surveys put on paper: the questionnaire for a household (E-031), the report with its measures (E-032)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import community
from services.ticketing.documents.papers import Paper
from services.ticketing.documents.repository import place
from services.ticketing.domain.survey_types import QUARTERLY
from services.ticketing.surveys import reports, results, service
from shared.auth import Principal
from shared.db.tx import Tx


async def questionnaire(tx: Tx, who: Principal, id: UUID) -> Paper:
    """The questions of a survey with room for marks. Raises NoSuchSurvey."""
    row = await service.survey(tx, who, id)
    # row: E-031 the questionnaire as households are handed it
    return await _paper(tx, who, row, "questionnaire", "满意度调查问卷", "WJ", {"questions": questions(row)})


async def report(tx: Tx, who: Principal, id: UUID) -> Paper:
    """The analysis of a survey with its numbers and measures. Raises NoSuchSurvey, NoSuchSurveyReport."""
    row = await service.survey(tx, who, id)
    told = await reports.report(tx, who, id)
    found = await results.results(tx, who, id)
    names = {q["code"]: f"{q['zh']} / {q['en']}" for q in questions(row)}
    figures = {
        "coverage": found.coverage.percent or "—",
        "answers": f"{found.answer_count} / {found.scope_count}",
        "mean": found.mean or "—",
        "dimensions": [{"name": names.get(d.dimension, d.dimension), "mean": d.mean or "—"} for d in found.dimensions],
    }
    stated = {"submitted": "待审批 / submitted", "returned": "退回 / returned", "approved": "已批准 / approved"}
    content = {
        **figures,
        "state": stated[told.state],
        "note": told.note or "",
        "analysis": told.analysis,
        # row: E-032 coverage, score and what is to be improved by whom
        "measures": [
            {name: str(measure.get(name) or "") for name in ("department", "text", "support", "due_on")}
            for measure in told.measures
        ],
    }
    return await _paper(tx, who, row, "survey_report", "满意度调查分析报告", "DC", content)


def questions(row: Row[Any]) -> list[dict[str, str]]:
    """The questions of a survey as people read them; an early one has its codes alone."""
    return list(row.questions or [{"code": code, "zh": code, "en": code} for code in row.dimensions])


async def _paper(
    tx: Tx, who: Principal, row: Row[Any], code: str, zh: str, prefix: str, content: dict[str, Any]
) -> Paper:
    where = await place(tx, row.community_id, None)
    zone = (await community(tx, who, row.community_id)).zone
    common = {
        "ticket": f"{row.period}",
        "title": row.title,
        "community": where.community,
        "period": row.period,
        "type": row.type or QUARTERLY,
        "closes_at": f"{row.closes_at.astimezone(zone):%Y-%m-%d %H:%M}",
    }
    return Paper(code, zh, prefix, row.id, zone, where.organisation or "", {**common, **content})
