"""`python -m bot` is `paperclub`."""

from bot.cli import main

main()
