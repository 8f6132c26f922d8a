"""Every table of kpi that names or describes a person, and why the others are none of theirs. People are ids here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.kpi.models import (
    consequences,
    delegations,
    inspection_entries,
    inspections,
    letter_copies,
    letter_signatures,
    letters,
    metadata,
    objections,
    observations,
    original_openings,
    report_duties,
    reports,
    review_scores,
    reviews,
    scorecards,
    work_task_steps,
    work_tasks,
)
from shared.personal import Held, Holder, of_tables
from shared.personal.trail import SPINE_NOT_HELD, keys_holder

APPRAISAL: Final = of_tables(
    "appraisal",
    Held(letters, ("subject_id",)),
    Held(scorecards, ("subject_id",)),
    Held(observations, ("recorded_by", "reviewed_by")),
    Held(letter_signatures, ("signer_id", "delegated_by", "recorded_by")),
    Held(letter_copies, ("handed_by",)),
    Held(reviews, ("subject_id",)),
    Held(review_scores, ("scorer_id", "delegated_by")),
    Held(objections, ("raised_by", "decided_by")),
    Held(consequences, ("subject_id", "proposed_by", "decided_by")),
    Held(delegations, ("lent_by", "lent_to")),
    Held(inspections, ("subject_id", "opened_by", "closed_by")),
    Held(inspection_entries, ("written_by",)),
    Held(original_openings, ("opened_by",)),
    kept_zh="责任书、考核结果与其依据仅以编号保留：薪酬与奖惩以此为据，且不得事后更改",
    kept_en="Letters, results and what they rest on stay under the id alone: pay and rewards rest on them, and nobody "
    "may change them afterwards",
)

WORK: Final = of_tables(
    "work",
    Held(work_tasks, ("assignee_id", "superior_id", "reported_by", "closed_by")),
    Held(work_task_steps, ("actor_id",)),
    Held(report_duties, ("responsible_id", "receiver_id")),
    Held(reports, ("responsible_id", "receiver_id", "judged_by")),
    kept_zh="任务、计划、报告、会议等工作记录仅以编号保留：考核数据以此为据",
    kept_en="Tasks, plans, reports, meetings and the like stay under the id alone: what letters count rests on them",
)

HOLDERS: Final[tuple[Holder, ...]] = (APPRAISAL, WORK, keys_holder(metadata))

#: Tables with a column that could name a person and holds none of a person's data: why.
NOT_HELD: Final[Mapping[str, str]] = MappingProxyType(
    {
        **SPINE_NOT_HELD,
        "cases": "what events said of a case, by ids; events carry no personal fields",
        "feed_changes": "numbers, letters and cases by id, as systems of the organisation pull them",
        "letter_amendments": "what was changed in a letter and why; a matter of the letter",
        "letter_records": "what was agreed, supported or disputed about a letter, and the employee who wrote it down",
        "facts": "whether a case counts, by ids; the case itself is its service's",
    }
)
