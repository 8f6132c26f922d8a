"""Deadlines: rows with a time, fired by the worker in business time, never a deferred queue job."""
