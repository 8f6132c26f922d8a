"""Plug-in folder: one file = one indicator (`INDICATOR`) with its own `EXAMPLES`; file name = code with _ for `.`."""
