"""The metadata of kpi's schema; it already holds the spine's tables (outbox, feed, cursors, …)."""

from shared.db.tables import service_metadata

metadata = service_metadata("kpi")
