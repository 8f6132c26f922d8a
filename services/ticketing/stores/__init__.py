"""The store of customer service (库房): what is kept, what came in and went out, and what a count found (C-254)."""
