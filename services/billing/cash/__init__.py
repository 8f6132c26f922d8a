"""Cashiers' shifts: cash goes through an open drawer, is counted, handed over by two, and settled in time."""
