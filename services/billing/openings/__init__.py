"""Opening balances: debts from before, imported bill by bill from a table, and undone while nobody paid on them."""
