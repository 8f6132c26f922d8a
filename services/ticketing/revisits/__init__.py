"""Follow-up calls (回访) as things of their own: due, attempted, done."""
