"""How Steward is started, supervised, demonstrated and measured."""
