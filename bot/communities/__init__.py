"""The communities that use the bot, and what each has set."""
