"""Who may do what in kpi. Rows outside one's scope are 404; these are the powers themselves."""

from __future__ import annotations

from shared.auth import STAFF, Powers

_READERS = frozenset(STAFF) | {"service"}

POWERS: Powers = {
    "indicator.read": _READERS,
    "template.read": _READERS,
    "letter.read": _READERS,
    # Letters are made by those who appraise or keep personnel files, never by the desk whose work they count.
    "letter.write": frozenset({"gm", "hr", "qa", "admin"}),
    "scorecard.read": _READERS,
    "scorecard.freeze": frozenset({"gm", "hr", "qa", "admin"}),
    # An integrator reads the feeds by the scope `feed.read` of its token, over the communities of its units.
    "feed.read": _READERS,
    # Those who run a department record what they measured; a second person, of the role the indicator names, confirms.
    "observation.read": _READERS,
    "observation.record": frozenset(
        {"supervisor", "cs_manager", "project_manager", "qa", "safety", "finance", "hr", "gm"}
    ),
    "observation.review": frozenset({"cs_manager", "project_manager", "qa", "safety", "finance", "hr", "gm"}),
    # What-if stores nothing and reads nothing of the organisation.
    "what_if.run": _READERS,
}
