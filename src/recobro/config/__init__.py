"""Settings; the only place that knows everything."""
