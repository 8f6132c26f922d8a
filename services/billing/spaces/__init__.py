"""Who holds which parking space from when to when."""
