"""Notify's API: routers and lifespan, nothing else."""

from __future__ import annotations

from fastapi import FastAPI

from services.notify.accounts.router import router as accounts
from services.notify.by_hand.router import router as by_hand
from services.notify.campaigns.router import router as campaigns
from services.notify.devices.router import router as devices
from services.notify.inbox.router import router as inbox
from services.notify.messages.router import router as messages
from services.notify.messages.service import communities_of
from services.notify.permits.router import router as permits
from services.notify.personal.registry import HOLDERS
from services.notify.preferences.router import router as preferences
from services.notify.proofs.router import router as proofs
from services.notify.receipts.router import router as receipts
from services.notify.robots.router import router as robots
from services.notify.routing.router import router as routes
from services.notify.settings import Settings
from services.notify.settings import settings as from_environment
from services.notify.templating.router import router as templates
from services.notify.webhooks.router import router as webhooks
from services.notify.wording.router import router as wordings
from services.notify.worker import SERVICE
from shared.http.app import build_app
from shared.personal.router import personal_router


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app of this service; settings from the environment unless given."""
    return build_app(
        SERVICE,
        settings or from_environment(),
        routers=[
            *(accounts, devices, campaigns, inbox, messages, permits, preferences, proofs, receipts, robots),
            *(by_hand, routes, templates, webhooks, wordings),
            personal_router(HOLDERS),
        ],
        communities_of=communities_of,
    )
