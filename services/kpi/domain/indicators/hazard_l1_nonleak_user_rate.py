"""A-125: hazards of the first level without a leak rectified that the user has to rectify (C-153)."""

from __future__ import annotations

from services.kpi.domain.hazards import examples, rate
from services.kpi.domain.numbers import Text

CODE = "hazard.l1.nonleak.user.rate"
INDICATOR = rate(
    CODE,
    "A-125",
    Text("一级非漏气隐患整改率（用户）", "Level-1 non-leak hazards rectified, user's duty"),
    lambda doc: (doc.get("level"), doc.get("party")) == ("1", "user"),
)
EXAMPLES = examples({"level": "1", "party": "user"}, {"level": "1", "party": "company"})
