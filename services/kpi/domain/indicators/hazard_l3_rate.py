"""A-127: hazards of the third level rectified."""

from __future__ import annotations

from services.kpi.domain.hazards import examples, rate
from services.kpi.domain.numbers import Text

CODE = "hazard.l3.rate"
INDICATOR = rate(
    CODE,
    "A-127",
    Text("三级隐患整改率", "Level-3 hazards rectified"),
    lambda doc: doc.get("level") == "3",
)
EXAMPLES = examples({"level": "3", "party": "user"}, {"level": "2", "party": "user"})
