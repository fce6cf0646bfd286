"""Which paper a text or an address means."""
