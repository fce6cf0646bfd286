"""`/moderate`: what organisers decide about what members wrote, whichever feature keeps it."""
