"""Regular calls on households (定期回访): every so many months each is asked how it gets on (C-053)."""
