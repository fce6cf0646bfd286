"""Member Q&A: questions, answers, AMAs."""
