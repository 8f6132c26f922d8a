"""A-001: incidents ruled major by the letter's own definition (C-165 to C-175, AMB-030)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_rules.incident_major_count import counts as major
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.incidents import counted, ruling
from services.kpi.domain.numbers import Text

CODE = "incident.major.count"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """By the day it happened; a later ruling enters by restatement. Each letter's set is its own (X1-010)."""
    found = ruling(case, judging.parameters["definition"])
    if found is None:
        return ()
    counts = major(found, judging.parameters)
    return (counted(CODE, case, judging, found, "major" if counts else "not_major", counts),)


INDICATOR = Indicator(
    code=CODE,
    row="A-001",
    title=Text("重大安全责任事故", "Major safety incidents"),
    unit="count",
    families=("incident",),
    judge=judge,
    parameters={"definition": "ruled", "loss_above": "100000"},
    version=2,
)

EXAMPLES = (
    Example(
        "F-059: a loss of 100,000 yuan is not more than that",
        [{"loss": "100000.00", "casualties": 0}],
        0,
        0,
        ["not_major"],
        parameters={"definition": "casualty_or_loss"},
    ),
    Example(
        "one fen more",
        [{"loss": "100000.01", "casualties": 0}],
        1,
        0,
        ["major"],
        parameters={"definition": "casualty_or_loss"},
    ),
    Example("a fire by the six causes", [{"cause": "fire"}], 1, 0, ["major"], parameters={"definition": "six_causes"}),
    Example(
        "flooding is none of the six causes",
        [{"cause": "flood"}],
        0,
        0,
        ["not_major"],
        parameters={"definition": "six_causes"},
    ),
    Example("nobody has ruled", [{"happened_at": "2025-03-07T09:00:00+08:00", "rulings": {}}], 0, 0, state="no_data"),
)
