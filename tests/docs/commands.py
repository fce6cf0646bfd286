"""Writes docs/commands.md from the commands as Discord is told of them: `make docs`."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from discord import Permissions

from bot.app import build
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "commands.md"
BEGINNING = """\
# All commands

<!-- Written by `make docs` from the commands themselves. -->

[For members](members.md) and [for organisers](organisers.md) tell what they are good for.
"""
INSIDE = (1, 2)  # the option types of subcommands and groups of them
MESSAGE_MENU = 3


async def registered() -> list[dict[str, Any]]:
    """The commands as they are registered with Discord."""
    settings = Settings(_env_file=None, cache_dir=None, secret_key="of no use")  # or it made a file
    client = build(settings).client  # is never started
    await client.add_commands()
    commands = [command.to_dict(client.tree) for command in client.tree.get_commands()]
    return sorted(commands, key=lambda command: (command["type"], command["name"]))


def page(commands: list[dict[str, Any]]) -> str:
    """The whole page."""
    sections = [
        _menu(command) if command["type"] == MESSAGE_MENU else "\n".join(_section(command))
        for command in commands
    ]
    return "\n".join([BEGINNING, *sections])


def _section(command: dict[str, Any]) -> Iterator[str]:
    if any(option["type"] in INSIDE for option in command.get("options", [])):
        yield f"## /{command['name']}\n"
    shown_to = command.get("default_member_permissions")
    if shown_to is not None:
        names = ", ".join(
            f"*{name.replace('_', ' ').replace('guild', 'server').title()}*"
            for name, needed in Permissions(int(shown_to))
            if needed
        )
        yield f"{command['description']}. Discord shows it to members with {names}.\n"
    yield from _command(command["name"], command)


def _command(name: str, command: dict[str, Any]) -> Iterator[str]:
    options = command.get("options", [])
    inside = [option for option in options if option["type"] in INSIDE]
    for subcommand in sorted(inside, key=lambda option: str(option["name"])):
        yield from _command(f"{name} {subcommand['name']}", subcommand)
    if inside:
        return
    words = [o["name"] if o.get("required") else f"[{o['name']}]" for o in options]
    yield f"{'###' if ' ' in name else '##'} `{' '.join([f'/{name}', *words])}`\n"
    yield f"{command['description']}.\n"
    if options:
        yield "| option | |"
        yield "|---|---|"
        yield from (f"| `{option['name']}` | {_explained(option)} |" for option in options)
        yield ""


def _explained(option: dict[str, Any]) -> str:
    """What an option is, and what can be given."""
    words = option["description"]
    if choices := option.get("choices"):
        words += ": " + ", ".join(str(choice["name"]) for choice in choices)
    if option.get("autocomplete"):
        words += " (suggested as you type)"
    if "min_value" in option and "max_value" in option:
        words += f" ({option['min_value']} to {option['max_value']})"
    if (longest := option.get("max_length")) is not None:
        words += f" (up to {longest} characters)"
    return f"{words}."


def _menu(command: dict[str, Any]) -> str:
    return f"## {command['name']}\n\nIn the menu of a message, under *Apps*.\n"


if __name__ == "__main__":
    PAGE.write_text(page(asyncio.run(registered())))
