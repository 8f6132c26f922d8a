"""How money moves between accounts, bills and prepayments: used by payments and by billing runs."""
