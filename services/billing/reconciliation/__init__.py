"""Daily reconciliation: the statement of a day against the books, and the close of that day."""
