"""Metrics whose labels cannot grow without end."""

from __future__ import annotations

from shared.telemetry import metrics


def test_requests_are_counted_by_route_and_status() -> None:
    seen = metrics.RequestMetrics("probe")
    for _ in range(3):
        seen.observe("GET", "/probe/v1/things/{id}", 200, 0.004)
    seen.observe("GET", "/probe/v1/things/{id}", 404, 0.001)
    page = metrics.render().decode()
    labels = 'method="GET",route="/probe/v1/things/{id}",service="probe"'
    assert f'steward_http_requests_total{{{labels},status="200"}} 3.0' in page
    assert f'steward_http_requests_total{{{labels},status="404"}} 1.0' in page
    assert f"steward_http_request_seconds_count{{{labels}}} 4.0" in page
