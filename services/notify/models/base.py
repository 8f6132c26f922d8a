"""The metadata of notify's schema, with the tables every service has (outbox, feed, jobs, timers,
cursors)."""

from shared.db.tables import service_metadata

metadata = service_metadata("notify")
