"""Where metadata come from. `Resolver.resolve` asks the right source, then the next one."""
