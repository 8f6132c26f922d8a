"""Satisfaction that others measure: agencies (C-121), employees sampled about their manager (C-122, C-123)."""
