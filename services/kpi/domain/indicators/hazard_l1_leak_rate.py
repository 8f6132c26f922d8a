"""A-123: leak hazards of the first level rectified."""

from __future__ import annotations

from services.kpi.domain.hazards import LEAK, examples, rate
from services.kpi.domain.numbers import Text

CODE = "hazard.l1.leak.rate"
INDICATOR = rate(
    CODE,
    "A-123",
    Text("一级漏气类隐患整改率", "Level-1 leak hazards rectified"),
    lambda doc: doc.get("level") == LEAK,
)
EXAMPLES = examples({"level": LEAK, "party": "user"}, {"level": "2", "party": "user"})
