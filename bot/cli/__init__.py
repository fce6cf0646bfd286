"""The `paperclub` command, a file for each group. Each loads only what it needs, so that all begin
at once.
"""

import typer

from bot.cli import feeds, papers, run
from bot.cli.ends import fail
from bot.core.errors import PaperclubError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Paperclub runs a reading group's paper of the week on Discord.",
)
app.command()(run.run)
app.command()(run.migrate)
app.command()(papers.identify)
app.command("import")(feeds.import_posts)
app.command()(run.demo)
feed = typer.Typer(no_args_is_help=True, help="Look at feeds.")
feed.command()(feeds.preview)
feed.command()(feeds.replay)
app.add_typer(feed, name="feed")


def main() -> None:
    """The entry point: mistakes in settings are told without a traceback."""
    try:
        app()
    except PaperclubError as error:
        fail(str(error))
