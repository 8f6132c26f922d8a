"""Letter templates, as the YAML beside `letters/` defines them."""
