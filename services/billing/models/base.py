"""The metadata of billing's schema; it already holds the spine's tables (outbox, timers, jobs, …)."""

from shared.db.tables import service_metadata

metadata = service_metadata("billing")
