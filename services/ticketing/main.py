"""Ticketing's API process: routers, nothing else."""

from __future__ import annotations

from fastapi import FastAPI

from services.ticketing.activations.router import router as activations
from services.ticketing.analysis.router import router as analysis
from services.ticketing.approvals.router import router as approvals
from services.ticketing.archive_loans.router import router as archive_loans
from services.ticketing.archives.router import router as archives
from services.ticketing.assignments.router import router as assignments
from services.ticketing.bindings.router import router as bindings
from services.ticketing.calendars.router import router as calendars
from services.ticketing.calls.events_router import router as call_events
from services.ticketing.calls.router import returns_router as call_returns
from services.ticketing.calls.router import router as calls
from services.ticketing.calls.stream import router as call_stream
from services.ticketing.care.router import calls_router as care_calls
from services.ticketing.care.router import router as care_plans
from services.ticketing.connections.router import router as connections
from services.ticketing.consents.router import router as consents
from services.ticketing.credentials.router import router as credentials
from services.ticketing.delegations.router import router as delegations
from services.ticketing.documents.router import router as documents
from services.ticketing.duplicates.router import router as duplicates
from services.ticketing.field.router import router as field
from services.ticketing.files.router import router as files
from services.ticketing.following.router import router as following
from services.ticketing.handover.router import router as handover
from services.ticketing.households.router import router as households
from services.ticketing.identity.router import publish_keys
from services.ticketing.identity.router import router as issuer_keys
from services.ticketing.imports.exports_router import router as exports
from services.ticketing.imports.router import router as imports
from services.ticketing.integrators.router import router as integrators
from services.ticketing.invitations.router import router as invitations
from services.ticketing.leaves.router import router as leaves
from services.ticketing.mail.router import router as mail
from services.ticketing.orders.router import router as orders
from services.ticketing.org_changes.router import router as org_changes
from services.ticketing.packs.router import router as packs
from services.ticketing.patrols.router import duties_router as patrol_duties
from services.ticketing.patrols.router import router as patrols
from services.ticketing.people.router import router as people
from services.ticketing.personal.router import employees as personal_of_staff
from services.ticketing.personal.router import router as personal
from services.ticketing.places.router import router as places
from services.ticketing.places.service import communities_of
from services.ticketing.policies.router import router as policies
from services.ticketing.promises.router import router as promises
from services.ticketing.providers import _config as providers
from services.ticketing.residents import residence
from services.ticketing.revisit_plans.router import router as revisit_plans
from services.ticketing.revisits.router import router as revisits
from services.ticketing.rosters.router import router as rosters
from services.ticketing.sampling.router import router as third_party
from services.ticketing.sampling.router import samples_router as staff_samples
from services.ticketing.search.router import router as search
from services.ticketing.sessions import senders
from services.ticketing.sessions.issuer import published_keys
from services.ticketing.sessions.router import router as sessions
from services.ticketing.settings import Settings
from services.ticketing.signing.router import router as signing
from services.ticketing.slips.router import router as slips
from services.ticketing.stores.router import router as stores
from services.ticketing.surveys.follow_router import router as survey_follow
from services.ticketing.surveys.papers_router import cadences as survey_cadences
from services.ticketing.surveys.papers_router import router as survey_papers
from services.ticketing.surveys.report_router import roll_ups as survey_roll_ups
from services.ticketing.surveys.report_router import router as survey_reports
from services.ticketing.surveys.router import router as surveys
from services.ticketing.surveys.settings_router import router as survey_settings
from services.ticketing.surveys.ways_router import router as survey_ways
from services.ticketing.talk.router import router as talk
from services.ticketing.tickets.commands_router import router as commands
from services.ticketing.tickets.deeds_router import router as deeds
from services.ticketing.tickets.duplicates_router import router as ticket_duplicates
from services.ticketing.tickets.router import router as tickets
from services.ticketing.timeline.router import router as timeline
from services.ticketing.views.router import router as views
from services.ticketing.visits.router import router as visits
from services.ticketing.worker import SERVICE
from shared.http.app import build_app
from shared.settings import load


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application, with settings from the environment unless given."""
    settings = settings or load(Settings, "ticketing")
    # Read now, so that a mistake in them stops the start and not the first sign-in.
    providers.configured(settings)
    senders.configured(settings)
    app = build_app(
        SERVICE,
        settings,
        routers=[
            *(sessions, credentials, invitations, integrators, issuer_keys),
            *(assignments, rosters, leaves, handover, delegations),
            *(imports, exports),
            *(following, talk, signing),
            *(orders, slips, field),
            *(search, promises, timeline, analysis),
            *(revisit_plans, survey_ways, survey_follow, survey_roll_ups, survey_settings),
            *(connections, call_events, call_stream, calls, call_returns, visits, mail),
            views,
            *(patrols, patrol_duties, care_plans, care_calls),
            *(approvals, org_changes, stores),
            consents,
            *(calendars, policies),
            places,
            *(duplicates, households, bindings, activations),
            *(personal, personal_of_staff, people),  # personal's fixed paths before people's {id}
            *(tickets, commands, deeds, ticket_duplicates),
            packs,
            revisits,
            archives,
            archive_loans,
            *(surveys, survey_reports, survey_papers, survey_cadences, third_party, staff_samples),
            *(files, documents),
        ],
        communities_of=communities_of,
        residence_of=residence,
        issuer_keys=published_keys if settings.issuer_key or not settings.issuer_jwks_url else None,
    )
    publish_keys(app)
    return app
