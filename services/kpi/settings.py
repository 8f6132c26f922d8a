"""Settings of kpi's processes: what every service needs, and how the feeds behave."""

from __future__ import annotations

from pydantic import Field

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read from ``STEWARD_KPI_*`` and ``STEWARD_*``."""

    service: str = "kpi"
    openmetrics: bool = Field(default=False, description="Whether /kpi/v1/feeds/metrics answers")
