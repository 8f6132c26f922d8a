"""The `steward` command."""


def main() -> None:
    """Entry point; the commands follow."""
    raise SystemExit("steward: no command is installed yet")
