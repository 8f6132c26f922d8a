"""Money in: payments, which bills they paid, and what stands beside as prepayment."""
