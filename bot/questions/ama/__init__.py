"""AMA (Ask Me Anything): a guest answers, and an interview may be published of it."""
