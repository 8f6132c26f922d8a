"""The quarter that `steward demo` plays: a plan made from a seed, played through the public API, and
checked."""
