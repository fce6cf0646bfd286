"""Tells which experiences are one and the same."""
