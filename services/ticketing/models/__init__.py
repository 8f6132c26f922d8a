"""All tables of ticketing. Importing this package fills :data:`metadata`, which migrations compare with."""

from services.ticketing.models.archives import archive_check_items, archive_checks, archives
from services.ticketing.models.base import metadata
from services.ticketing.models.register import buildings, communities, org_units, people, relations, staff, units
from services.ticketing.models.revisits import revisit_attempts, revisits
from services.ticketing.models.surveys import survey_answers, survey_reports, survey_scope, surveys
from services.ticketing.models.tickets import ticket_clocks, ticket_entries, ticket_signatures, tickets

__all__ = [
    "archive_check_items",
    "archive_checks",
    "archives",
    "buildings",
    "communities",
    "metadata",
    "org_units",
    "people",
    "relations",
    "revisit_attempts",
    "revisits",
    "staff",
    "survey_answers",
    "survey_reports",
    "survey_scope",
    "surveys",
    "ticket_clocks",
    "ticket_entries",
    "ticket_signatures",
    "tickets",
    "units",
]
