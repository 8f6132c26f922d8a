"""From business events to messages: who is told what."""
