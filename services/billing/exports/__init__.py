"""Whole lists as tables: bills, payments, arrears, dunning steps."""
