"""Billing runs: one standard, one community, one month; repeated or interrupted, they fill gaps only."""
