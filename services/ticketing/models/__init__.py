"""All tables of ticketing. Importing this package fills :data:`metadata`, which migrations compare with."""

from services.ticketing.models.approvals import APPROVALS, approval_entries, approval_ladders, approvals
from services.ticketing.models.archives import archive_check_items, archive_checks, archive_loans, archives
from services.ticketing.models.base import metadata
from services.ticketing.models.company import org_changes, store_items, store_movements
from services.ticketing.models.field import dispatch_rules, repeat_faults, service_slips, work_orders
from services.ticketing.models.files import documents, files
from services.ticketing.models.households import activation_codes, binding_requests, moves
from services.ticketing.models.identity import (
    credentials,
    identities,
    integrators,
    invitations,
    issuer_keys,
    one_time_codes,
    sessions,
    sign_in_limits,
)
from services.ticketing.models.imports import import_changes, import_faults, imports
from services.ticketing.models.inbound import (
    call_returns,
    calls,
    connections,
    inbound_events,
    mail_messages,
    seats,
    visits,
)
from services.ticketing.models.packs import ticket_packs
from services.ticketing.models.personal import consents, notices
from services.ticketing.models.policies import calendar_notices, calendars, clock_plans, clock_policies
from services.ticketing.models.register import buildings, communities, org_units, people, relations, staff, units
from services.ticketing.models.revisits import (
    revisit_attempts,
    revisit_corrections,
    revisit_draws,
    revisit_plans,
    revisits,
)
from services.ticketing.models.rosters import attendance, bars, leaves, post_days, posts, presences, shifts
from services.ticketing.models.rounds import care_calls, care_plans, patrol_days, patrol_duties, patrols
from services.ticketing.models.sampling import (
    staff_sample_forms,
    staff_sample_people,
    staff_samples,
    third_party_surveys,
)
from services.ticketing.models.search import search_documents
from services.ticketing.models.staffing import assignments, delegations
from services.ticketing.models.surveys import (
    survey_answers,
    survey_cadences,
    survey_links,
    survey_measures,
    survey_recalls,
    survey_reports,
    survey_scope,
    survey_settings,
    surveys,
)
from services.ticketing.models.tickets import (
    ticket_clocks,
    ticket_entries,
    ticket_pauses,
    ticket_signatures,
    tickets,
)
from services.ticketing.models.views import saved_views

__all__ = [
    "APPROVALS",
    "activation_codes",
    "approval_entries",
    "approval_ladders",
    "approvals",
    "archive_check_items",
    "archive_checks",
    "archive_loans",
    "archives",
    "binding_requests",
    "assignments",
    "attendance",
    "bars",
    "buildings",
    "call_returns",
    "calls",
    "communities",
    "connections",
    "calendar_notices",
    "calendars",
    "clock_plans",
    "clock_policies",
    "communities",
    "consents",
    "credentials",
    "delegations",
    "dispatch_rules",
    "documents",
    "files",
    "identities",
    "import_changes",
    "import_faults",
    "imports",
    "inbound_events",
    "integrators",
    "issuer_keys",
    "mail_messages",
    "leaves",
    "metadata",
    "moves",
    "notices",
    "one_time_codes",
    "org_changes",
    "org_units",
    "people",
    "post_days",
    "posts",
    "presences",
    "relations",
    "repeat_faults",
    "revisit_attempts",
    "revisit_corrections",
    "revisit_draws",
    "revisit_plans",
    "revisits",
    "service_slips",
    "search_documents",
    "seats",
    "invitations",
    "sessions",
    "shifts",
    "store_items",
    "store_movements",
    "sign_in_limits",
    "staff",
    "survey_answers",
    "survey_links",
    "survey_measures",
    "survey_recalls",
    "survey_reports",
    "survey_scope",
    "survey_settings",
    "surveys",
    "ticket_clocks",
    "ticket_entries",
    "ticket_packs",
    "ticket_pauses",
    "ticket_signatures",
    "tickets",
    "units",
    "work_orders",
    "visits",
    "care_calls",
    "care_plans",
    "patrol_days",
    "patrol_duties",
    "patrols",
    "staff_sample_forms",
    "staff_sample_people",
    "staff_samples",
    "third_party_surveys",
    "survey_cadences",
    "saved_views",
]
