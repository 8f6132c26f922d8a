"""Webhooks: events brought to the systems of others, signed, and tried again for seven days."""
