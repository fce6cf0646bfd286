"""Internship experiences: first-hand experiences, from blogs' feeds or from members."""
