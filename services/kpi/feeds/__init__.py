"""The KPI feeds that headquarters and integrators pull: values, scorecards, cases, and a manifest to prove it."""
