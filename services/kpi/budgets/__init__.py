"""Budgets: submitted, approved by another, spent by month and category, compared for whoever may audit them."""
