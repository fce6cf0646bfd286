"""Discord's commands, one module per command group: they parse, call a service and reply."""
