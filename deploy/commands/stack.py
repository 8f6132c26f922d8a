"""`steward up` and `steward down`."""

from __future__ import annotations

from pathlib import Path


def up(data: Path, port: int, simulated_clock: str | None, detach: bool) -> None:
    """Start the stack and print the gateway's URL when all is ready; in the foreground unless `detach`."""
    from deploy.local import background
    from deploy.local.folder import DataFolder
    from deploy.local.options import Options
    from deploy.local.when import instant

    options = Options(port=port, simulated_clock=instant(simulated_clock) if simulated_clock else None)
    if detach:
        print(background.start(data, options)["gateway"])
        return
    from deploy.local.supervisor import Supervisor

    Supervisor(DataFolder(data), options).run(lambda url: print(url, flush=True))


def down(data: Path) -> None:
    """Stop the stack of a data folder and wait until it has ended."""
    from deploy.local import background

    background.stop(data)
