"""Working calendars of org units and the yearly notices of holidays."""
