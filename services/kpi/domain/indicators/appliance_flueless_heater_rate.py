"""A-133: hazards by flueless water heaters eliminated (C-154)."""

from __future__ import annotations

from services.kpi.domain.hazards import examples, rate
from services.kpi.domain.numbers import Text

CODE = "appliance.flueless.heater.rate"
INDICATOR = rate(
    CODE,
    "A-133",
    Text("直排热水器隐患完成率", "Flueless heaters eliminated"),
    lambda doc: doc.get("appliance") == "flueless_water_heater",
)
EXAMPLES = examples(
    {"level": "1", "party": "user", "appliance": "flueless_water_heater"},
    {"level": "1", "party": "user", "appliance": "riser"},
)
