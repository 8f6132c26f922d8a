"""What operators see: logs without personal data, metrics without unbounded labels, one request id throughout."""
