"""kpi's tables; one file per family, all on one metadata with the spine's own tables."""

from services.kpi.models.base import metadata
from services.kpi.models.facts import cases, facts, facts_current
from services.kpi.models.feeds import feed_changes, feed_floors
from services.kpi.models.letters import letters
from services.kpi.models.observations import observations
from services.kpi.models.oversight import delegations, inspection_entries, inspections, original_openings
from services.kpi.models.papers import letter_amendments, letter_copies, letter_records, letter_signatures
from services.kpi.models.register import ref_communities, ref_org_units, ref_units
from services.kpi.models.reporting import report_duties, reports
from services.kpi.models.reviews import case_exclusions, consequences, objections, review_scores, reviews
from services.kpi.models.scorecards import scorecard_heads, scorecard_items, scorecards
from services.kpi.models.work import work_task_steps, work_tasks

__all__ = [
    "case_exclusions",
    "cases",
    "consequences",
    "delegations",
    "facts",
    "facts_current",
    "feed_changes",
    "feed_floors",
    "inspection_entries",
    "inspections",
    "letter_amendments",
    "letter_copies",
    "letter_records",
    "letter_signatures",
    "letters",
    "metadata",
    "objections",
    "observations",
    "original_openings",
    "ref_communities",
    "ref_org_units",
    "ref_units",
    "report_duties",
    "reports",
    "review_scores",
    "reviews",
    "scorecard_heads",
    "scorecard_items",
    "scorecards",
    "work_task_steps",
    "work_tasks",
]
