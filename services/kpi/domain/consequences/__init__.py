"""Plug-in folder: one file = one rule (`CONSEQUENCE`) by which a scored letter has consequences beyond points."""
