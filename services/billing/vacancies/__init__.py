"""Vacancy discounts agreed upon with owners of empty units."""
