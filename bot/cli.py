"""The `paperclub` command. Each subcommand loads only what it needs, so that all begin at once."""

import asyncio
import logging
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.core.errors import PaperclubError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Paperclub runs a reading group's paper of the week on Discord.",
)
feed = typer.Typer(no_args_is_help=True, help="Look at feeds.")
app.add_typer(feed, name="feed")

NO_TOKEN = """\
Paperclub needs the token of a Discord application, and DISCORD_TOKEN is not set.

  1. Open https://discord.com/developers/applications and make an application.
  2. Under "Bot", press "Reset Token" and copy it.
  3. Put it into the environment, or into a file named .env here:  DISCORD_TOKEN=...
  4. Run `paperclub run` again.

docs/hosting.md walks through it, and through the invite link. To look around without a token, run
`paperclub demo`."""


@app.command()
def run() -> None:
    """Run the bot until SIGTERM or SIGINT. Needs DISCORD_TOKEN; migrates the database first."""
    from bot.settings import load_settings

    settings = load_settings()
    token = settings.discord_token.get_secret_value().strip() if settings.discord_token else ""
    if not token:
        _fail(NO_TOKEN)
    from bot.logs import set_up_logging
    from bot.migrate import migrate, serving

    set_up_logging(settings.log_format)
    with serving(settings.database_url):
        migrated = migrate(settings.database_url)
        if migrated:
            logging.getLogger(__name__).info("migrated the database to %s", migrated)
        from bot.app import run as run_application

        asyncio.run(run_application(settings, token))


@app.command()
def migrate() -> None:
    """Bring the database up to date (`run` does it too). Not under a running bot."""
    from bot.migrate import migrate_alone
    from bot.settings import load_settings

    migrated = migrate_alone(load_settings().database_url)
    typer.echo(f"migrated to {migrated}" if migrated else "up to date")


@app.command()
def identify(
    lines: Annotated[
        list[str], typer.Argument(help="links, ids or titles; - reads lines from standard input")
    ],
) -> None:
    """Print the canonical id of each line, such as arxiv:1706.03762."""
    from bot.papers.references import identify as identify_line

    for line in lines:
        for one in sys.stdin if line == "-" else (line,):
            typer.echo(identify_line(one.rstrip("\n")))


@feed.command()
def preview(
    documents: Annotated[
        list[str], typer.Argument(help="files, or addresses of feeds or pages; - is standard input")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="one JSON object a line and entry")
    ] = False,
) -> None:
    """Show what would be posted of feeds, entry by entry. Nothing is stored.

    Exit status 2 says that a document is no feed or can't be read.
    """
    from bot.experiences.terminal import preview as show_preview
    from bot.settings import load_settings

    settings = load_settings()
    networks = settings.allowed_networks
    showing = show_preview(
        documents, contact=settings.contact, allowed_networks=networks, as_json=as_json
    )
    raise typer.Exit(asyncio.run(showing))


@feed.command()
def replay(
    files: Annotated[
        list[str], typer.Argument(help="saved versions of one feed, the oldest first")
    ],
    latest: Annotated[
        int, typer.Option(min=0, max=10, help="how many of the first version to post")
    ] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="one JSON object a line and version")
    ] = False,
) -> None:
    """Show what saved versions of a feed lead to: posts, edits, what is archived, and why.

    Nothing is stored. Exit status 2 says that a version can't be read.
    """
    import bot.tables  # noqa: F401 - of which its database in memory is made
    from bot.experiences.terminal import replay as show_replay

    raise typer.Exit(asyncio.run(show_replay(files, latest=latest, as_json=as_json)))


@app.command("import")
def import_posts(
    folder: Annotated[Path, typer.Argument(metavar="PATH", help="a folder of Markdown posts")],
    community: Annotated[
        str | None,
        typer.Option(metavar="ID", help="the server's id; needed if there are several"),
    ] = None,
    site: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="where the posts were published; may be given again"),
    ] = None,
) -> None:
    """Take posts of a Jekyll or Hugo site into the archive. Nothing is posted.

    Exit status 1 says that some files can't be read, 2 that nothing could be done.
    """
    from bot.experiences.terminal import take_in
    from bot.migrate import require_current
    from bot.settings import load_settings

    url = load_settings().database_url
    require_current(url)
    taking_in = take_in(folder, database_url=url, community=community, sites=site or ())
    raise typer.Exit(asyncio.run(taking_in))


@app.command()
def demo(
    browser: Annotated[bool, typer.Option(help="open the page in the browser")] = True,
    port: Annotated[int, typer.Option(help="where to serve it; 0 takes a free port")] = 0,
) -> None:
    """Try Paperclub in a simulated server: no token, no network."""
    try:
        from bot.demo.serve import run as run_demo
    except ModuleNotFoundError as missing:
        _fail(f"The demo needs {missing.name}: pip install 'paperclub[demo]', or `make demo`.")

    run_demo(browser=browser, port=port)


def main() -> None:
    """The entry point: mistakes of settings are said without a traceback."""
    try:
        app()
    except PaperclubError as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise SystemExit(2)
