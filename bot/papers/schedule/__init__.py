"""When and where a group meets."""
