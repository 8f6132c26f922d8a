"""What people observed with evidence and a second person confirmed; as YAML, the indicators it is about."""
