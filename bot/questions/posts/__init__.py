"""What channels show of questions: cards, notices, and their rows in the outbox."""
