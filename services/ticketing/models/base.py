"""The metadata of ticketing's schema; it already holds the spine's tables (outbox, feed, timers, audit, …)."""

from shared.db.tables import service_metadata

metadata = service_metadata("ticketing")
