"""Connected systems: their scopes, secrets and end."""
