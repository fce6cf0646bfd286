"""Internship experiences: first-hand accounts, from blogs' feeds or from members."""
