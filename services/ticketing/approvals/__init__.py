"""What can be approved in ticketing; lists and decisions are the same for all of it."""
