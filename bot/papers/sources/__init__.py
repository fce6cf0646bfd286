"""Where metadata come from. `Resolver.resolve(reference)` asks the right source, then the next one."""
