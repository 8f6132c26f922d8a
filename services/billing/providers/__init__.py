"""Adapters to those who take money for us: one file = one provider, found by its name.

An adapter only speaks and listens: it signs what goes out, checks what comes in, and says what the provider said.
What that means for an order is decided in the domain.
"""
