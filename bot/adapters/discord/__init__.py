"""Discord: the client, the sender and the shared pieces of its user interface."""
