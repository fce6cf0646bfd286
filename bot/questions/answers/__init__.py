"""Answers to questions, and who waits for them."""
