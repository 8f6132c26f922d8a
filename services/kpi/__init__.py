"""kpi: facts out of what happened, letters that score them, scorecards with the evidence behind every digit."""
