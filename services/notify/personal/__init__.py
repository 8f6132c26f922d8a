"""What notify holds on a person: told to ticketing's bundle, forgotten when the person is erased."""
