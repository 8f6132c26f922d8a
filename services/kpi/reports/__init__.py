"""Reports and plans: owed on their days, handed in, accepted by somebody else; items of plans become tasks."""
