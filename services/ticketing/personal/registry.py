"""Every slice that holds personal data, and why the other tables that look like it are none of theirs.

A test walks all tables: a column that can name or describe a person wants its table here, with a holder or a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.ticketing.archives.personal import HOLDER as ARCHIVES
from services.ticketing.bindings.personal import HOLDER as BINDINGS
from services.ticketing.calls.personal import HOLDER as CALLS
from services.ticketing.care.personal import HOLDER as CARE
from services.ticketing.consents.personal import HOLDER as CONSENTS
from services.ticketing.files.personal import HOLDER as FILES
from services.ticketing.imports.personal import HOLDER as IMPORTS
from services.ticketing.mail.personal import HOLDER as MAIL
from services.ticketing.people.employees import HOLDER as EMPLOYMENT
from services.ticketing.people.personal import HOLDER as PEOPLE
from services.ticketing.personal.trail import HOLDER as TRAIL
from services.ticketing.revisits.personal import HOLDER as REVISITS
from services.ticketing.search.personal import HOLDER as SEARCH
from services.ticketing.sessions.personal import HOLDER as SESSIONS
from services.ticketing.surveys.personal import HOLDER as SURVEYS
from services.ticketing.tickets.personal import HOLDER as TICKETS
from services.ticketing.visits.personal import HOLDER as VISITS
from shared.personal import Holder

#: In the order of erasure: what others look up by the person goes first, the person's own row and key last.
HOLDERS: Final[tuple[Holder, ...]] = (
    SEARCH,
    TICKETS,
    REVISITS,
    CARE,
    ARCHIVES,
    SURVEYS,
    FILES,
    IMPORTS,
    BINDINGS,
    CALLS,
    VISITS,
    MAIL,
    SESSIONS,
    CONSENTS,
    EMPLOYMENT,
    TRAIL,
    PEOPLE,
)

#: What is forgotten of an employee who left. What they wrote and decided at work is the organisation's and stays.
OF_EMPLOYEES: Final[tuple[Holder, ...]] = (FILES, IMPORTS, SESSIONS, EMPLOYMENT)

#: Tables with a column that could name a person and holds none of a resident's data: why.
NOT_HELD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "approvals": "employees at work: who asked and who decided on the company's money",
        "approval_entries": "employees at work: each decision with whoever made it",
        "approval_ladders": "roles, nobody by name",
        "archive_checks": "the employee who made the check",
        "archive_loans": "employees at work: who took a paper file for which purpose, and who permitted it",
        "archive_check_items": "whether a file was complete, with a word on what it lacked",
        "calendars": "hours and days of an org unit; the name is the calendar's",
        "calendar_notices": "holidays of a year, and the employee who entered them",
        "clock_plans": "how long an org unit may take for what",
        "care_plans": "which org unit is called on how often, and the employee who planned it",
        "clock_policies": "limits of an org unit, and the employee who set them",
        "connections": "exchanges and mailboxes: their own names and addresses",
        "counters": "the name is that of a series of numbers",
        "dispatch_rules": "how org units give orders out; nobody by name",
        "documents": "number and hash of what was printed; what stood on it is not stored",
        "imports": "the employee who asked; the table itself is in the store and goes after thirty days",
        "invitations": "employees at work: who was sent a code by whom; the code is a keyed hash",
        "integrators": "connected systems, not people",
        "moves": "which relations ended and began on a day, and the employee who recorded it",
        "notices": "texts for everybody, and the employee who published them",
        "one_time_codes": "keyed hashes nobody can read back; they go within days",
        "org_changes": "employees at work: who applied for a change of a department, and who carried it out",
        "outbox": "ids and facts: events carry no personal fields",
        "parked_events": "events of peers, which carry no personal fields",
        "patrols": "employees at work: who walked the park, who read the record",
        "saved_views": "employees at work: how each of them filters the list of cases",
        "staff_sample_people": "employees at work: who was drawn for a sample; what they say bears a number, not them",
        "staff_samples": "employees at work: about whom a sample was drawn, and by whom",
        "staff_sample_forms": "what employees say of their manager under a number, and who typed it in",
        "third_party_surveys": "an agency's numbers, and the employee who brought them in",
        "posts": "the name is that of a place to be staffed",
        "post_days": "minutes of a post that nobody covered, and the employee who checked",
        "service_slips": "work, materials and amounts of a case; whoever confirmed is in the case's signatures",
        "revisit_draws": "which case drew which lot",
        "revisit_plans": "rates of an org unit, and the employee who set them",
        "store_items": "the name is that of a thing kept in the store",
        "store_movements": "employees at work: who took what out of the store, and for which case",
        "surveys": "the title is what everybody is asked under",
        "survey_links": "a household's link, hashed, and the employee who made it",
        "survey_measures": "employees at work: who mends what a survey found",
        "survey_recalls": "which households are called back, by which employee, and whether the answer stood",
        "survey_settings": "the questions of an organisation",
        "survey_reports": "a community's marks, and the employees who wrote and decided",
        "ticket_packs": "lines of business, and the employee who switched them",
        "ticket_pauses": "when a case stood still and why by code, told and approved by employees",
        "ticket_clocks": "the subject is a case or a follow-up call",
        "timers": "ids of cases, files and surveys",
        "work_orders": "employees at work: who had which case, and what they handed over",
        "heartbeats": "how a process of the service is doing",
        "idempotency_keys": "the caller's own answers, for seven days",
        "jobs": "ids and plain values; done within the hour",
    }
)
