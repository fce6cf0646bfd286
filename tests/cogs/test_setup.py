"""`/setup start` and `/settings show`."""

import discord
import pytest

from tests.people import ZONE, Club, buttons_of, reply, text_of

ORGANISERS_ONLY = "Only organisers can do that: people with *Manage Server* or the organiser role."


def allow(club: Club, name: str, *members) -> None:
    """What an administrator does under Integrations: let these people see the command."""
    command = club.env.backend.find_command(name, club.guild.id, type=1)
    club.guild.set_command_permissions(int(command["id"]), dict.fromkeys(members, True))


async def test_the_set_up_says_what_comes(newcomers: Club) -> None:
    club = newcomers
    said = reply(await club.set_up(ping=club.organisers)).splitlines()
    assert said[0] == "### Paperclub is ready"
    assert said[1] == (
        f"Papers are posted in <#{club.papers.id}>. "
        "Mondays at 12:00 (Europe/Berlin), 60 minutes. "
        "I remind those going a day and an hour before."
    )
    assert "<t:1768215600:F> (<t:1768215600:R>)" in said
    assert any(line.startswith("Nominate the first paper with `/paper nominate`.") for line in said)


async def test_the_set_up_says_what_is_in_its_way(newcomers: Club) -> None:
    club = newcomers
    closed = discord.PermissionOverwrite(send_messages=False, create_public_threads=False)
    quiet = club.guild.create_text_channel(
        "quiet", overwrites={club.guild.roles["TestBot"]: closed}
    )
    said = reply(await club.set_up(papers=quiet))
    assert (
        f"**I can't post in <#{quiet.id}> yet.** "
        "Please give me *Send Messages*, *Embed Links*, *Create Public Threads*." in said
    )


@pytest.mark.parametrize(
    ("closed", "lacking"),
    [
        ({"view_channel": False}, "*View Channel*, *Send Messages*, *Embed Links*"),
        ({"send_messages": False}, "*Send Messages*, *Embed Links*"),
        ({"embed_links": False}, "*Embed Links*"),
        ({"create_public_threads": False}, ""),
    ],
)
async def test_the_set_up_says_where_it_cannot_tell_of_trouble(
    newcomers: Club, closed: dict[str, bool], lacking: str
) -> None:
    club = newcomers
    trouble = club.guild.create_text_channel(
        "trouble",
        overwrites={club.guild.roles["TestBot"]: discord.PermissionOverwrite(**closed)},
    )
    said = reply(await club.set_up(organisers=trouble))
    warning = f"**I can't post problems in <#{trouble.id}> yet.** Please give me {lacking}."
    assert (warning in said) == bool(lacking)
    assert "problems" not in said or lacking


async def test_setting_up_again_changes_what_is_given(club: Club) -> None:
    said = reply(await club.set_up(zone="Tokyo", weekday=2, time="7pm"))
    assert "Wednesdays at 19:00 (Asia/Tokyo)" in said
    said = reply(await club.olga.slash(club.papers, "settings show"))
    assert "**Time zone:** Asia/Tokyo" in said


async def settings_of(club: Club) -> list[str]:
    return reply(await club.olga.slash(club.papers, "settings show")).splitlines()


async def test_what_is_left_out_stays(club: Club) -> None:
    trouble = club.guild.create_text_channel("trouble")
    await club.set_up(ping=club.organisers, organisers=trouble)
    before = await settings_of(club)
    assert f"**Role to ping:** <@&{club.organisers.id}>" in before
    assert f"**Problems are reported** in <#{trouble.id}>" in before
    options = {"zone": ZONE, "papers": club.papers, "weekday": 0, "time": "12:00"}
    await club.olga.slash(club.papers, "setup start", **options)
    assert await settings_of(club) == before


async def test_a_role_is_taken_away_with_everyone(club: Club) -> None:
    everyone = club.guild.default_role
    await club.set_up(ping=club.organisers)
    said = reply(await club.set_up(ping=everyone, organiser_role=everyone))
    assert "pinged" not in said
    shown = await settings_of(club)
    assert "**Role to ping:** not set" in shown
    assert "**Organiser role:** not set" in shown


async def test_everyone_is_no_organiser(newcomers: Club) -> None:
    club = newcomers
    await club.set_up(organiser_role=club.guild.default_role)
    answer = await club.alice.slash(club.papers, "schedule pause")
    assert reply(answer) == ORGANISERS_ONLY
    club.refused()


async def test_trouble_is_never_told_in_the_papers_channel(club: Club) -> None:
    trouble = club.guild.create_text_channel("trouble")
    await club.set_up(organisers=trouble)
    await club.set_up(organisers=club.papers)
    by_message = f"**Problems are reported** to <@{club.olga.id}>"
    assert by_message in await settings_of(club)
    await club.set_up(organisers=trouble)
    await club.set_up(papers=trouble)
    assert by_message in await settings_of(club)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"zone": "Atlantis"}, "I don't know a time zone called “Atlantis”."),
        ({"zone": "@everyone"}, "I don't know a time zone called “@\u200beveryone”."),
        ({"zone": " "}, "I need the group's time zone."),
        ({"time": "25:00"}, "“25:00” has an hour above 23."),
        ({"time": "7"}, "comes twice a day"),
    ],
)
async def test_a_wrong_answer_sets_nothing_up(
    newcomers: Club, changed: dict[str, str], sentence: str
) -> None:
    club = newcomers
    assert sentence in reply(await club.set_up(**changed))
    club.refused()
    answer = await club.alice.slash(club.papers, "schedule show")
    assert reply(answer).startswith("Paperclub isn't set up here yet.")
    club.refused()


async def test_members_do_not_see_organisers_commands(club: Club) -> None:
    seen = club.alice.available_commands(club.papers)
    assert "paper nominate" in seen
    assert not {"setup start", "settings show"} & set(seen)
    assert {"setup start", "settings show"} <= set(club.olga.available_commands(club.papers))


async def test_a_member_who_sees_them_is_refused_all_the_same(club: Club) -> None:
    for name in ("setup", "settings"):
        allow(club, name, club.alice)
    options = {"zone": "Asia/Tokyo", "papers": club.papers, "weekday": 2, "time": "19:00"}
    for answer in (
        await club.alice.slash(club.papers, "setup start", **options),
        await club.alice.slash(club.papers, "settings show"),
    ):
        assert reply(answer) == ORGANISERS_ONLY
        club.refused()
    shown = reply(await club.alice.slash(club.papers, "schedule show"))
    assert "Mondays at 12:00 (Europe/Berlin)" in shown


async def test_the_organiser_role_is_enough(club: Club) -> None:
    oscar = club.add_member("oscar", club.organisers)
    for name in ("setup", "settings"):
        allow(club, name, club.organisers)
    options = {"zone": "Asia/Tokyo", "papers": club.papers, "weekday": 2, "time": "19:00"}
    said = reply(await oscar.slash(club.papers, "setup start", **options))
    assert "Wednesdays at 19:00 (Asia/Tokyo)" in said
    assert "Settings" in reply(await oscar.slash(club.papers, "settings show"))


async def test_before_the_set_up_nobody_is_organiser_by_role(newcomers: Club) -> None:
    club = newcomers
    oscar = club.add_member("oscar", club.organisers)
    allow(club, "setup", oscar)
    options = {"zone": "Asia/Tokyo", "papers": club.papers, "weekday": 2, "time": "19:00"}
    assert reply(await oscar.slash(club.papers, "setup start", **options)) == ORGANISERS_ONLY
    club.refused()


async def test_the_settings_are_shown(club: Club) -> None:
    assert reply(await club.olga.slash(club.papers, "settings show")).splitlines() == [
        "### Settings",
        "**Time zone:** Europe/Berlin",
        f"**Papers:** <#{club.papers.id}>",
        "**Experiences:** not set",
        "**Meetings:** Mondays at 12:00 (Europe/Berlin), 60 minutes. "
        "I remind those going a day and an hour before.",
        "**Questions:** not set",
        "**Topics:** Papers, Internships, Applications, Studies, Other",
        "**Members ask:** by name or anonymously",
        "**Members answer:** by name",
        "**Pause between questions:** 2 minutes",
        "**Digest on Mondays:** yes",
        "**Role to ping:** not set",
        f"**Problems are reported** to <@{club.olga.id}>",
        f"**Organiser role:** <@&{club.organisers.id}>",
        "-# Change these with /setup start, /schedule set and /settings questions.",
    ]


async def test_the_channel_for_experiences_can_be_set_and_stays_set(club: Club) -> None:
    forum = club.guild.create_forum_channel("experiences")
    await club.set_up(experiences=forum)
    await club.set_up()
    shown = reply(await club.olga.slash(club.papers, "settings show"))
    assert f"**Experiences:** <#{forum.id}>" in shown


async def test_the_settings_show_what_came_too_late(club: Club, clock) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    clock.advance(days=6, hours=20)  # between the pick's time and the meeting
    await club.application.tick()
    clock.advance(days=1)
    await club.application.tick()
    said = reply(await club.olga.slash(club.papers, "settings show"))
    assert "came too late" in said


async def test_before_the_set_up_there_are_no_settings(newcomers: Club) -> None:
    answer = await newcomers.olga.slash(newcomers.papers, "settings show")
    assert reply(answer).startswith("Paperclub isn't set up here yet.")
    newcomers.refused()


async def test_the_chosen_role_is_pinged_by_the_announcement_and_nobody_else(club: Club) -> None:
    readers = club.guild.create_role("Readers")
    await club.set_up(ping=readers)
    await club.nominate(club.alice, "arXiv:1706.03762", f"{readers.mention} @everyone")
    await club.olga.slash(club.papers, "schedule pick")
    assert text_of(club.card("Paper of the week:")).startswith(readers.mention)
    pings = [
        request.json.get("allowed_mentions")
        for request in club.env.http_requests
        if request.method == "POST" and request.path.endswith("/messages")
    ]
    assert [one.get("roles") for one in pings if one.get("roles")] == [[readers.id]]
    assert all(not one.get("parse") and not one.get("users") for one in pings)


async def test_trouble_is_told_once_and_mended_by_a_click(club: Club) -> None:
    club.env.inject_error(
        "POST", f"/channels/{club.papers.id}/messages", status=403, code=50013, times=2
    )
    for number in (2, 3):
        await club.alice.slash(club.papers, "paper nominate", link=f"arXiv:1706.0376{number}")
    assert not club.cards()
    (notice,) = club.olga.user.dm_channel.history()
    assert f"I can't post in <#{club.papers.id}>" in text_of(notice)
    assert list(buttons_of(notice)) == ["Try again"]
    pressed = await club.olga.user.click(notice, label="Try again")
    assert reply(pressed) == "I'm trying again to send 2 messages."
    assert len(club.cards()) == 2
    pressed = await club.olga.user.click(notice, label="Try again")
    assert reply(pressed) == "Nothing is waiting to be sent."
