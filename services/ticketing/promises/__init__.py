"""All open promises of a supervisor's people, by what breaches next."""
