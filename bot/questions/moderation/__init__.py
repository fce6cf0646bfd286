"""What organisers decide about questions and answers."""
