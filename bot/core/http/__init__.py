"""Requests to the outside: one guarded client, its pace, its cache, its words for failures."""
