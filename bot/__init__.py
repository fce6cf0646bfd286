"""Paperclub: a chat bot that runs a reading group's paper of the week."""
