"""What people are told about their data, and what they agreed to: notices in editions, consents given and withdrawn."""
