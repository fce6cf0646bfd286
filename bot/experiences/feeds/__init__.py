"""The feeds of blogs: which are followed, what is in them, and what becomes of it."""
