"""The commands of `steward`, one module each; `deploy.cli` only names them and their options."""
