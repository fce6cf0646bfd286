"""Member Q&A: questions, answers, interviews."""
