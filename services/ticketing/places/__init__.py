"""Where things are: org units, communities, buildings and units."""
