"""The register of tasks: given, worked on, reported with evidence, confirmed by somebody else."""
