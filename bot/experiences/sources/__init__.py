"""Where experiences come from: documents of the web, read into values. Knows no database."""
