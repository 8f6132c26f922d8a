"""Charge standards: what a community charges for, by dated versions that never overlap."""
