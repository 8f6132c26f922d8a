"""Plug-in folder: one file = one family of cases (`FAMILY`), the documents that events are folded into."""
