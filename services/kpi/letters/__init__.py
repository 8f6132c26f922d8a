"""Letters as signed; the templates lie here too, as YAML."""
