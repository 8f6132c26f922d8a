"""Plug-in folder: one file = how single records of one observed indicator count (`CASE_RULE`)."""
