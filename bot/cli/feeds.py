"""Commands about feeds and posts of blogs."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer


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
    from bot.cli.terminal import preview as show_preview
    from bot.settings import load_settings

    settings = load_settings()
    networks = settings.allowed_networks
    showing = show_preview(
        documents, contact=settings.contact, allowed_networks=networks, as_json=as_json
    )
    raise typer.Exit(asyncio.run(showing))


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
    from bot.cli.terminal import replay as show_replay

    raise typer.Exit(asyncio.run(show_replay(files, latest=latest, as_json=as_json)))


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
    from bot.cli.terminal import take_in
    from bot.core.database.migrate import require_current
    from bot.settings import load_settings

    url = load_settings().database_url
    require_current(url)
    taking_in = take_in(folder, database_url=url, community=community, sites=site or ())
    raise typer.Exit(asyncio.run(taking_in))
