"""Commands about papers."""

import sys
from typing import Annotated

import typer


def identify(
    lines: Annotated[
        list[str], typer.Argument(help="links, ids or titles; - reads lines from standard input")
    ],
) -> None:
    """Print the canonical id of each line, such as arxiv:1706.03762."""
    from bot.papers.references.text import identify as identify_line

    for line in lines:
        for one in sys.stdin if line == "-" else (line,):
            typer.echo(identify_line(one.rstrip("\n")))
