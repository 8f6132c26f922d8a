"""The pure half of kpi: judges cases to facts, sums facts to values, scores values under a letter.

Standard library and the standard-library half of `shared` only; no clock, no I/O. `now` and periods are arguments, so
that a quarter can be scored from a REPL and a scorecard recomputed to the same digits years later.
"""
