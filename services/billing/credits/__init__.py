"""Credit notes and waivers: how an issued bill, which never changes, comes to be owed less."""
