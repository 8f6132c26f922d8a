"""Scorecards: frozen with their evidence, restated visibly, recomputed to the digit."""
