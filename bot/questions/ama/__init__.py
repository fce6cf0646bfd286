"""AMA: a session in which a guest answers, and the interview that may be published of it."""
