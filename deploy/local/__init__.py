"""The embedded stack: Postgres, Redis, Caddy and the eight processes of Steward on one machine."""
