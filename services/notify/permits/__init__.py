"""Permits: what readers allow a provider to be asked for, message by message."""
