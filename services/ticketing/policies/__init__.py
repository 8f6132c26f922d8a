"""Limits of org units, and the clock plans that follow from them."""
