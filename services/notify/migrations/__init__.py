"""Migrations of notify's schema."""
