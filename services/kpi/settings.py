"""Settings of kpi's processes: what every service needs, and nothing else yet."""

from __future__ import annotations

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read from ``STEWARD_KPI_*`` and ``STEWARD_*``."""

    service: str = "kpi"
