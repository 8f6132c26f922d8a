"""kpi's API process: routers, nothing else."""

from __future__ import annotations

from fastapi import FastAPI

from services.kpi import access
from services.kpi.advice.router import router as advice
from services.kpi.consequences.router import router as consequences
from services.kpi.delegations.router import router as delegations
from services.kpi.feeds.router import router as feeds
from services.kpi.indicators.router import router as indicators
from services.kpi.inspections.router import router as inspections
from services.kpi.letters.papers_router import router as papers
from services.kpi.letters.router import router as letters
from services.kpi.objections.router import router as objections
from services.kpi.observations.router import router as observations
from services.kpi.originals.router import router as originals
from services.kpi.personal.registry import HOLDERS
from services.kpi.reports.router import router as reports
from services.kpi.reviews.router import router as reviews
from services.kpi.scorecards.as_of_router import router as beliefs
from services.kpi.scorecards.router import router as scorecards
from services.kpi.settings import Settings
from services.kpi.tasks_register.router import router as tasks
from services.kpi.templates.router import router as templates
from services.kpi.what_if.router import router as what_if
from services.kpi.worker import SERVICE
from shared.http.app import build_app
from shared.personal.router import personal_router
from shared.settings import load


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application, with settings from the environment unless given."""
    return build_app(
        SERVICE,
        settings or load(Settings, "kpi"),
        routers=[
            *(what_if, indicators, templates, letters, papers, observations, beliefs, scorecards),
            *(reviews, delegations, objections, consequences, inspections, originals, feeds, advice),
            *(tasks, reports),
            personal_router(HOLDERS),
        ],
        communities_of=access.communities_of,
    )
