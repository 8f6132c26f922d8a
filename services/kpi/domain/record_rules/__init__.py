"""What lists of records add up to, one rule a file: `RECORD_RULE` with `EXAMPLES`."""
