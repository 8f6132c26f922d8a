"""What people wish not to hear, and how often a household has heard from us."""
