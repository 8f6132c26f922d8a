"""Over which channels an organisation's messages go, class by class."""
