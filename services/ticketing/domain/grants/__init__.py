"""Rules of sign-in, pure: limits, back-off, one-time codes, refresh rotation, TOTP, passwords, issuer keys.

Times here are the machine's (``shared.clock.wall``), given as arguments: security never follows the simulated clock.
"""
