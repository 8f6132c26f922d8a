"""Events between services: outbox, sequencer, bell, pulled feed, parking (architecture §2)."""
