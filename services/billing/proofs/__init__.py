"""Slice: proof of service (送达证明) of written notices, kept as files."""
