"""`/help` and `/about`."""

import re

from cogs.help import slash_commands
from tests.people import Club, reply


async def test_help_names_every_command_with_what_it_does(newcomers: Club) -> None:
    for member in (newcomers.alice, newcomers.olga):
        said = reply(await member.slash(newcomers.papers, "help"))
        for command in slash_commands(newcomers.application.client.tree):
            assert f"`/{command.qualified_name}` {command.description}" in said


async def test_what_help_points_at_exists(newcomers: Club) -> None:
    names = {c.qualified_name for c in slash_commands(newcomers.application.client.tree)}
    said = reply(await newcomers.alice.slash(newcomers.papers, "help"))
    groups = {name.split()[0] for name in names}
    assert set(re.findall(r"`/([a-z ]+)`", said)) <= names | groups


async def test_about_says_the_version_and_what_is_kept(newcomers: Club) -> None:
    for member in (newcomers.alice, newcomers.olga):
        said = reply(await member.slash(newcomers.papers, "about"))
        assert re.search(r"### Paperclub \d+\.\d+", said)
        assert "I keep what you nominate, vote and answer" in said
        assert "without your name has a pseudonym" in said
        assert "the host, who has the key, could find out" in said
