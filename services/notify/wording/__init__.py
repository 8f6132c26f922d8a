"""The wordings an organisation gives our templates: drafted, checked, published; every version stays."""
