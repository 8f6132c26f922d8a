"""A-126: hazards of the second level rectified."""

from __future__ import annotations

from services.kpi.domain.hazards import examples, rate
from services.kpi.domain.numbers import Text

CODE = "hazard.l2.rate"
INDICATOR = rate(
    CODE,
    "A-126",
    Text("二级隐患整改率", "Level-2 hazards rectified"),
    lambda doc: doc.get("level") == "2",
)
EXAMPLES = examples({"level": "2", "party": "user"}, {"level": "3", "party": "user"})
