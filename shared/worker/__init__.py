"""The worker process: the only place that knows arq, and the loops that make the spine go."""
