"""Messages that people bring: calls, visits, printed letters."""
