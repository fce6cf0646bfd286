"""Experiences that were written elsewhere: a folder of Markdown posts, read into the archive."""
