"""Checks by other departments, which the responsible person accepts, and investigations by the company: case files."""
