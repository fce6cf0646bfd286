"""Paper of the week: references, metadata, nominations, schedules and rounds."""
