"""Commands that run the bot, or show it."""

import asyncio
import logging
from typing import Annotated

import typer

from bot.cli.ends import fail

NO_TOKEN = """\
Paperclub needs the token of a Discord application, and DISCORD_TOKEN is not set.

  1. Open https://discord.com/developers/applications and make an application.
  2. Under "Bot", press "Reset Token" and copy it.
  3. Put it into the environment, or into a file named .env here:  DISCORD_TOKEN=...
  4. Run `paperclub run` again.

docs/hosting.md walks through it, and through the invite link. To look around without a token, run
`paperclub demo`."""


def run() -> None:
    """Run the bot until SIGTERM or SIGINT. Needs DISCORD_TOKEN; migrates the database first."""
    from bot.settings import load_settings

    settings = load_settings()
    token = settings.discord_token.get_secret_value().strip() if settings.discord_token else ""
    if not token:
        fail(NO_TOKEN)
    from bot.core.database.migrate import migrate, serving
    from bot.logs import set_up_logging

    set_up_logging(settings.log_format)
    with serving(settings.database_url):
        migrated = migrate(settings.database_url)
        if migrated:
            logging.getLogger(__name__).info("migrated the database to %s", migrated)
        from bot.app import run as run_application

        asyncio.run(run_application(settings, token))


def migrate() -> None:
    """Bring the database up to date (`run` does it too). Not under a running bot."""
    from bot.core.database.migrate import migrate_alone
    from bot.settings import load_settings

    migrated = migrate_alone(load_settings().database_url)
    typer.echo(f"migrated to {migrated}" if migrated else "up to date")


def demo(
    browser: Annotated[bool, typer.Option(help="open the page in the browser")] = True,
    port: Annotated[int, typer.Option(help="where to serve it; 0 takes a free port")] = 0,
) -> None:
    """Try Paperclub in a simulated server: no token, no network."""
    try:
        from bot.demo.serve import run as run_demo
    except ModuleNotFoundError as missing:
        fail(f"The demo needs {missing.name}: pip install 'paperclub[demo]', or `make demo`.")

    run_demo(browser=browser, port=port)
