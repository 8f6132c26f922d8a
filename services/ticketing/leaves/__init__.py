"""Leave: asked for, decided as an approval, kept apart from absence."""
