"""The chat platforms, one package each."""
