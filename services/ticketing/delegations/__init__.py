"""Standing delegations of the power to decide approvals, for a time."""
