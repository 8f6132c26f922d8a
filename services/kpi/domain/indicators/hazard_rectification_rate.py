"""A-121: hazards rectified, of those found in the period or open at its start."""

from __future__ import annotations

from services.kpi.domain.hazards import examples, rate
from services.kpi.domain.numbers import Text

CODE = "hazard.rectification.rate"
INDICATOR = rate(
    CODE,
    "A-121",
    Text("隐患整改率", "Hazards rectified"),
    lambda doc: True,
)
EXAMPLES = examples({"level": "3", "party": "company"})
