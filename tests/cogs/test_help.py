"""`/help` and `/about`."""

import re

from bot.adapters.discord.command_tree import is_for_organisers, slash_commands
from tests.people import Club, buttons_of, reply, text_of


async def pages(club: Club, member) -> str:
    """All of `/help`, as this member reads it."""
    result = await member.slash(club.papers, "help")
    said = reply(result)
    while "Next" in buttons_of(result.response):
        await member.click(result.response, label="Next")
        said += "\n" + text_of(result.response)
    return said


async def test_help_names_each_command_that_the_reader_may_use(newcomers: Club) -> None:
    said = await pages(newcomers, newcomers.olga)
    for command in slash_commands(newcomers.application.client.tree):
        assert f"</{command.qualified_name}:" in said
        assert command.description in said


async def test_help_hides_from_members_what_is_for_organisers(newcomers: Club) -> None:
    said = await pages(newcomers, newcomers.alice)
    for command in slash_commands(newcomers.application.client.tree):
        assert (f"</{command.qualified_name}:" in said) != is_for_organisers(command)
    assert "(organisers)" not in said
    assert "Hide this" not in said


async def test_helps_commands_can_be_clicked(newcomers: Club) -> None:
    mentioned = re.findall(r"</([a-z_]+)[a-z_ ]*:(\d+)>", await pages(newcomers, newcomers.olga))
    assert mentioned
    for group, number in mentioned:
        known = newcomers.env.backend.find_command(group, newcomers.guild.id, type=1)
        assert str(known["id"]) == number


async def test_help_is_sorted_by_job(newcomers: Club) -> None:
    said = await pages(newcomers, newcomers.alice)
    places = [said.index(f"**{job}**") for job in ("Paper of the week", "Internship experiences")]
    places += [said.index("</experience submit:"), said.index("**Questions and answers**")]
    assert places == sorted(places)


async def test_about_says_the_version_and_what_is_kept(newcomers: Club) -> None:
    for member in (newcomers.alice, newcomers.olga):
        said = reply(await member.slash(newcomers.papers, "about"))
        assert re.search(r"### Paperclub \d+\.\d+", said)
        assert "I keep what you nominate, vote and answer" in said
        assert "anonymously has a pseudonym" in said
        assert "the host, who has the database and the key, could find out" in said
