"""What an owner is shown to sign, and what the general manager decides where nobody signs."""
