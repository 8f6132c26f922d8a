"""A-124: hazards of the first level without a leak rectified that the company has to rectify (C-153)."""

from __future__ import annotations

from services.kpi.domain.hazards import examples, rate
from services.kpi.domain.numbers import Text

CODE = "hazard.l1.nonleak.company.rate"
INDICATOR = rate(
    CODE,
    "A-124",
    Text("一级非漏气隐患整改率（公司）", "Level-1 non-leak hazards rectified, company's duty"),
    lambda doc: (doc.get("level"), doc.get("party")) == ("1", "company"),
)
EXAMPLES = examples({"level": "1", "party": "company"}, {"level": "1", "party": "user"})
