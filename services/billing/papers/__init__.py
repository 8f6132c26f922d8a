"""Lists and reports on paper: call list, visit list, the month's plan, the quarter's collection."""
