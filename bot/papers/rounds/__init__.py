"""Rounds: from one meeting to the next."""
