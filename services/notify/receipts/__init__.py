"""What providers report of messages they took: callbacks from outside."""
