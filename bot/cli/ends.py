"""How a command ends that can't do what it is asked for."""

from typing import NoReturn

import typer


def fail(message: str) -> NoReturn:
    """Say why, without a traceback; exit status 2."""
    typer.echo(message, err=True)
    raise SystemExit(2)
