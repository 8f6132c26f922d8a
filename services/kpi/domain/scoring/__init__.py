"""Plug-in folder: one file = one scoring rule (`RULE`): how a shortfall becomes points."""
