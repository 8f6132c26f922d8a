"""Campaigns: one notice to a community, a building or a list, with estimate, approval, time, pause and report."""
