"""The dictionary of rates, and the age of arrears as of any day."""
