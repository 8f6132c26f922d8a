"""What-if: a letter over given inputs, a time limit over given times; stores nothing."""
