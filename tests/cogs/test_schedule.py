"""`/schedule`: what everybody may see, and what only organisers may change."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.people import Club, buttons_of, message_of, reply, text_of
from tests.saving import nothing_saved

ORGANISERS_ONLY = "Only organisers can do that: people with *Manage Server* or the organiser role."
CHANGES = [
    ("schedule set", {"weekday": 3, "time": "18:00"}),
    ("schedule skip", {"date": "2026-01-12"}),
    ("schedule pause", {}),
    ("schedule resume", {}),
    ("schedule pick", {}),
    ("schedule change", {"paper": "2"}),
    ("schedule place", {"place": "Room 5"}),
    ("schedule place", {"place": "Room 5", "date": "2026-01-12"}),
]
AS_SET_UP = """### Meetings
Mondays at 12:00 (Europe/Berlin), 60 minutes. \
I remind those going a day and an hour before.
<t:1768215600:F> (<t:1768215600:R>)
<t:1768820400:F> (<t:1768820400:R>)
<t:1769425200:F> (<t:1769425200:R>)
<t:1770030000:F> (<t:1770030000:R>)
<t:1770634800:F> (<t:1770634800:R>)"""


async def shown(club: Club) -> str:
    return reply(await club.alice.slash(club.papers, "schedule show"))


async def prepare(club: Club, command: str) -> None:
    """What there must be so that the command can change something."""
    await club.nominate(club.alice, "arXiv:1706.03762")
    if command == "schedule resume":
        await club.olga.slash(club.papers, "schedule pause")
    if command == "schedule change":
        await club.olga.slash(club.papers, "schedule pick")
        await club.nominate(club.alice, "arXiv:1706.03763")


async def refusal(club: Club, command: str, **options: object) -> str:
    """What an organiser is told, after which the schedule is as it was."""
    before = await shown(club)
    answer = reply(await club.olga.slash(club.papers, command, **options))
    club.refused()
    assert await shown(club) == before
    return answer


async def test_members_see_the_next_five_meetings(club: Club) -> None:
    assert await shown(club) == AS_SET_UP
    assert reply(await club.olga.slash(club.papers, "schedule show")) == AS_SET_UP


@pytest.mark.parametrize(("command", "options"), CHANGES)
async def test_a_member_changes_nothing(
    club: Club, command: str, options: dict[str, object]
) -> None:
    await prepare(club, command)
    before = await shown(club), await club.queue(), [text_of(card) for card in club.cards()]
    answer = await club.alice.slash(club.papers, command, **options)
    assert reply(answer) == ORGANISERS_ONLY
    club.refused()
    after = await shown(club), await club.queue(), [text_of(card) for card in club.cards()]
    assert after == before


@pytest.mark.parametrize(("command", "options"), CHANGES)
async def test_the_organiser_role_is_enough(
    club: Club, command: str, options: dict[str, object]
) -> None:
    oscar = club.add_member("oscar", club.organisers)
    await prepare(club, command)
    before = await shown(club)
    answer = reply(await oscar.slash(club.papers, command, **options))
    assert "organisers" not in answer.lower()
    assert await shown(club) != before


@pytest.mark.parametrize(("command", "options"), CHANGES)
async def test_before_the_set_up_organisers_are_told_what_is_missing(
    newcomers: Club, command: str, options: dict[str, object]
) -> None:
    answer = await newcomers.olga.slash(newcomers.papers, command, **options)
    assert reply(answer).startswith("Paperclub isn't set up here yet.")
    newcomers.refused()


# --- set --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "sentence", "first"),
    [
        ({"weekday": 3, "time": "5pm"}, "Thursdays at 17:00 (Europe/Berlin)", 1767888000),
        (
            {"weekday": 1, "time": "18:30", "cadence": "fortnightly", "duration": 90},
            "Every second Tuesday at 18:30 (Europe/Berlin), 90 minutes",
            1767720600,
        ),
        (
            {"weekday": 4, "time": "9h", "cadence": "-1", "zone": "Kolkata"},
            "The last Friday of each month at 09:00 (Asia/Kolkata)",
            1769743800,
        ),
        (
            {"weekday": 0, "time": "12:00", "starting": "2026-03-01"},
            "Mondays at 12:00 (Europe/Berlin)",
            1772449200,
        ),
    ],
)
async def test_an_organiser_sets_when_to_meet(
    club: Club, options: dict[str, object], sentence: str, first: int
) -> None:
    answer = reply(await club.olga.slash(club.papers, "schedule set", **options))
    assert sentence in answer
    assert answer.splitlines()[2].startswith(f"<t:{first}:F>")
    assert await shown(club) == answer


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"time": "25:00"}, "“25:00” has an hour above 23. Write it like `17:00` or `5:30 pm`."),
        ({"time": "12:60"}, "has minutes above 59"),
        ({"time": "5"}, "comes twice a day, so I can't tell which one you mean."),
        ({"time": "soon"}, "I can't read “soon” as a time of day."),
        ({"time": " "}, "I need a time of day."),
        ({"time": "@everyone"}, "I can't read “@\u200beveryone” as a time of day."),
        ({"zone": "Atlantis"}, "I don't know a time zone called “Atlantis”."),
        ({"zone": "CET"}, "doesn't say where the group is"),
        ({"zone": "UTC+1"}, "doesn't say where the group is"),
        ({"starting": "2020-01-01"}, "1 January 2020 is in the past: today is 5 January 2026."),
        ({"starting": "12.3.2026"}, "can mean 12 March 2026 or 3 December 2026."),
        ({"starting": "2026-02-30"}, "isn't in the calendar."),
        ({"starting": "2126-01-01"}, "is more than 10 years away"),
    ],
)
async def test_what_cannot_be_read_in_one_way_is_refused(
    club: Club, changed: dict[str, str], sentence: str
) -> None:
    options = {"weekday": 3, "time": "18:00"} | changed
    assert sentence in await refusal(club, "schedule set", **options)


async def test_a_zone_is_suggested_from_a_city(club: Club) -> None:
    offered = await club.olga.autocomplete(club.papers, "schedule set", "zone", "berl")
    assert {"name": "Europe/Berlin", "value": "Europe/Berlin"} in offered
    assert len(await club.olga.autocomplete(club.papers, "schedule set", "zone", "")) <= 25
    assert await club.olga.autocomplete(club.papers, "schedule set", "zone", "@everyone") == []


async def test_a_meeting_that_is_announced_stays(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.olga.slash(club.papers, "schedule pick")
    answer = await club.olga.slash(club.papers, "schedule set", weekday=3, time="18:00")
    lines = reply(answer).splitlines()
    assert "Thursdays at 18:00" in lines[1]
    assert lines[2].startswith("<t:1768215600:F> (<t:1768215600:R>) · [On 1706.03762]")
    assert lines[3].startswith("<t:1768496400:F>")


# --- skip, pause, resume ----------------------------------------------------------------------


async def test_a_skipped_meeting_is_struck_out_with_its_reason(club: Club) -> None:
    answer = await club.olga.slash(
        club.papers, "schedule skip", date="2026-01-19", reason="*exams* @everyone"
    )
    assert reply(answer) == "Called off: the meeting on <t:1768820400:F>."
    assert r"~~<t:1768820400:F>~~ called off: \*exams\* @" in await shown(club)
    assert "@everyone" not in await shown(club)


async def test_skipping_the_announced_meeting_tells_who_was_coming(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.olga.slash(club.papers, "schedule pick")
    await club.alice.click(club.card("Paper of the week"), label="Going")
    asked = await club.olga.slash(club.papers, "schedule skip", date="12 January", reason="snow")
    assert reply(asked).startswith("1 person is going on <t:1768215600:F>. Shall I call")
    with nothing_saved():
        busy = await club.olga.click(message_of(asked), label="Call it off")
    assert reply(busy).startswith("I couldn't save that")
    await club.olga.click(message_of(asked), label="Call it off")
    (thread,) = club.papers.threads
    told = text_of(thread.history()[-1])
    assert f"<@{club.alice.id}>" in told
    assert "This meeting is called off" in told
    assert "snow" in told
    assert list(buttons_of(club.card("Paper of the week"))) == ["Paper"]
    assert "**This meeting was called off.**" in text_of(club.card("Paper of the week"))
    assert await club.queue() == {"On 1706.03762": 1}


@pytest.mark.parametrize(
    ("date", "sentence"),
    [
        ("2026-01-13", "No meeting is planned for Tuesday 13 January 2026. `/schedule show` lists"),
        ("2025-12-29", "29 December 2025 is in the past: today is 5 January 2026."),
        ("next week", "I can't read “next week” as a date. Write it like `2026-01-12`"),
        (" ", "I need a date."),
        ("1/12/2026", "can mean 1 December 2026 or 12 January 2026."),
    ],
)
async def test_a_day_without_a_meeting_cannot_be_skipped(
    club: Club, date: str, sentence: str
) -> None:
    assert sentence in await refusal(club, "schedule skip", date=date)


async def test_a_day_is_skipped_once(club: Club) -> None:
    await club.olga.slash(club.papers, "schedule skip", date="2026-01-19")
    said = await refusal(club, "schedule skip", date="2026-01-19")
    assert said == (
        "The meeting on Monday 19 January is already called off. "
        "`/schedule show` lists the next ones."
    )


async def test_the_days_of_meetings_are_suggested(club: Club) -> None:
    offered = await club.olga.autocomplete(club.papers, "schedule skip", "date", "19")
    assert offered == [{"name": "Monday 19 January 2026", "value": "2026-01-19"}]


async def test_pausing_until_a_day_and_resuming(club: Club) -> None:
    answer = await club.olga.slash(club.papers, "schedule pause", until="1 February")
    assert reply(answer) == "Paused: no meetings until 1 February 2026."
    lines = (await shown(club)).splitlines()
    assert lines[2] == "**Paused** until 1 February 2026."
    assert [line.endswith("~~ paused") for line in lines[3:]] == [True] * 3 + [False] * 2
    answer = await club.olga.slash(club.papers, "schedule resume")
    assert reply(answer) == AS_SET_UP


async def test_pausing_without_an_end(club: Club) -> None:
    answer = await club.olga.slash(club.papers, "schedule pause")
    assert reply(answer) == "Paused: no meetings until you run `/schedule resume`."
    assert "**Paused** until an organiser runs `/schedule resume`." in await shown(club)


async def test_pausing_leaves_the_announced_meeting(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.olga.slash(club.papers, "schedule pick")
    said = reply(await club.olga.slash(club.papers, "schedule pause"))
    assert "The meeting that's already announced stays; `/schedule skip` calls it off." in said
    assert "On 1706.03762" in await shown(club)


@pytest.mark.parametrize("until", ["yesterday", "2025-01-01", "31 February", "@here"])
async def test_pausing_until_no_day_is_refused(club: Club, until: str) -> None:
    await refusal(club, "schedule pause", until=until)


async def test_resuming_what_is_not_paused_says_so(club: Club) -> None:
    said = await refusal(club, "schedule resume")
    assert said == "The schedule isn't paused. `/schedule show` lists the meetings."


async def test_a_refused_answer_does_not_say_that_nothing_was_done(club: Club) -> None:
    club.env.inject_error("POST", "/interactions/*/callback", status=400, code=50035)
    said = reply(await club.olga.slash(club.papers, "schedule pause"))
    assert said.startswith("Something went wrong on my side. This may already be done")
    club.env.errors.clear()
    assert "**Paused**" in await shown(club)


# --- pick -------------------------------------------------------------------------------------


async def test_an_organiser_picks_by_votes(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    second = await club.nominate(club.bob, "arXiv:1706.03763")
    await club.alice.click(second, label="Upvote")
    answer = await club.olga.slash(club.papers, "schedule pick")
    link = "[On 1706.03763](https://arxiv.org/abs/1706.03763)"
    assert reply(answer) == f"Picked {link} for <t:1768215600:F>."
    assert f"### Paper of the week: {link}" in text_of(club.card("Paper of the week"))
    assert await club.queue() == {"On 1706.03762": 1}
    assert link in await shown(club)


async def test_an_organiser_picks_by_hand(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    second = await club.nominate(club.bob, "arXiv:1706.03763")
    await club.alice.click(second, label="Upvote")
    (offered,) = await club.olga.autocomplete(club.papers, "schedule pick", "paper", "3762")
    answer = await club.olga.slash(club.papers, "schedule pick", paper=offered["value"])
    assert reply(answer).startswith("Picked [On 1706.03762]")


async def test_a_tie_is_told(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.nominate(club.bob, "arXiv:1706.03763")
    await club.olga.slash(club.papers, "schedule pick")
    card = text_of(club.card("Paper of the week: [On 1706.03762]"))
    assert "It was a tie at 1 vote. I picked this paper because it was nominated first." in card


async def test_there_must_be_something_to_pick(club: Club) -> None:
    said = await refusal(club, "schedule pick")
    assert said == "Nothing is up for vote yet. Nominate a paper with `/paper nominate`."


async def test_a_meeting_has_one_paper(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.nominate(club.alice, "arXiv:1706.03763")
    await club.olga.slash(club.papers, "schedule pick")
    said = await refusal(club, "schedule pick")
    assert said.startswith("This meeting's paper is already announced.")
    assert len([card for card in club.cards() if "Paper of the week:" in text_of(card)]) == 1


async def test_nothing_is_picked_while_paused(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.olga.slash(club.papers, "schedule pause")
    said = await refusal(club, "schedule pick")
    assert said == "There's no next meeting. `/schedule show` tells you why."


@pytest.mark.parametrize(
    ("paper", "sentence"),
    [
        ("attention", "Choose one from the list that appears as you type."),
        ("99", "That paper isn't up for vote. Nominate it first with `/paper nominate`."),
        ("9" * 30, "Choose one from the list that appears as you type."),
    ],
)
async def test_only_what_is_up_can_be_picked(club: Club, paper: str, sentence: str) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    assert await refusal(club, "schedule pick", paper=paper) == sentence
    assert await club.queue() == {"On 1706.03762": 1}


# --- undo ---------------------------------------------------------------------------------------


async def test_a_skip_is_undone_with_card_thread_and_event(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.olga.slash(club.papers, "schedule pick")
    await club.alice.click(club.card("Paper of the week"), label="Going")
    asked = await club.olga.slash(club.papers, "schedule skip", date="12 January")
    skipped = await club.olga.click(message_of(asked), label="Call it off")
    undone = await club.olga.click(message_of(skipped), label="Undo")
    assert reply(undone) == "Back on: the meeting on <t:1768215600:F>."
    card = club.card("Paper of the week")
    assert {"Going", "Maybe", "Can't"} <= buttons_of(card).keys()
    assert "called off" not in text_of(card)
    assert "**Going:** alice" in text_of(card)
    events = [event.status for event in club.guild._guild.scheduled_events.values()]
    assert sorted(events) == [1, 4]
    again = await club.olga.click(message_of(skipped), label="Undo")
    assert reply(again) == "That meeting isn't called off any more."


async def test_a_pick_is_undone_and_voting_goes_on(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    picked = await club.olga.slash(club.papers, "schedule pick")
    undone = await club.olga.click(message_of(picked), label="Undo")
    assert reply(undone).startswith("Pick undone: [On 1706.03762]")
    assert "**This pick was taken back.**" in text_of(club.card("Paper of the week"))
    assert "On 1706.03762" not in await shown(club)
    again = await club.olga.slash(club.papers, "schedule pick")
    assert reply(again).startswith("Picked [On 1706.03762]")


async def test_an_announced_paper_is_replaced_and_comes_back(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.nominate(club.bob, "arXiv:1706.03763")
    first, second = await club.olga.autocomplete(club.papers, "schedule pick", "paper", "")
    await club.olga.slash(club.papers, "schedule pick", paper=first["value"])
    await club.alice.click(club.card("Paper of the week"), label="Going")
    changed = await club.olga.slash(club.papers, "schedule change", paper=second["value"])
    assert reply(changed).startswith(f"Changed: [{second['name']}]")
    assert second["name"] in text_of(club.card("Paper of the week"))
    (thread,) = club.papers.threads
    told = text_of(thread.history()[-1])
    assert "We'll read another paper" in told
    assert f"<@{club.alice.id}>" in told
    await club.olga.click(message_of(changed), label="Undo")
    assert first["name"] in text_of(club.card("Paper of the week"))
    assert second["name"] in await club.queue()


async def test_a_withdrawal_is_undone(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    (offered,) = await club.alice.autocomplete(club.papers, "paper withdraw", "nomination", "")
    options = {"nomination": offered["value"]}
    gone = await club.alice.slash(club.papers, "paper withdraw", **options)
    assert await club.queue() == {}
    await club.alice.click(message_of(gone), label="Undo")
    assert list(await club.queue()) == ["On 1706.03762"]


# --- reminders --------------------------------------------------------------------------


async def test_reminders_are_set_and_turned_off(club: Club) -> None:
    await club.olga.slash(club.papers, "schedule set", reminders="2 hours")
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.olga.slash(club.papers, "schedule pick")
    going = await club.bob.click(club.card("Paper of the week"), label="Going")
    assert reply(going) == "See you there. I'll remind you in the thread 2 hours before."
    await club.bob.click(message_of(going), label="Don't remind me")
    going = await club.bob.click(club.card("Paper of the week"), label="Going")
    assert reply(going) == "See you there. Your reminders are off."
    assert "Mondays at 12:00" in await shown(club)


# --- going ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (
            timedelta(hours=24, minutes=1),
            " I'll remind you in the thread a day and an hour before.",
        ),
        (timedelta(hours=24), " I'll remind you in the thread an hour before."),
        (timedelta(hours=1, minutes=1), " I'll remind you in the thread an hour before."),
        (timedelta(hours=1), ""),
        (timedelta(minutes=20), ""),
        (timedelta(minutes=-20), ""),
    ],
)
async def test_only_reminders_that_are_to_come_are_promised(
    club: Club, clock, left: timedelta, said: str
) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.olga.slash(club.papers, "schedule pick")
    card = club.card("Paper of the week:")
    meets_at = datetime(2026, 1, 12, 11, tzinfo=UTC)
    clock.advance(seconds=(meets_at - left - clock.now()).total_seconds())
    await club.application.tick()
    assert reply(await club.bob.click(card, label="Going")) == f"See you there.{said}"
    assert reply(await club.bob.click(card, label="Maybe")).startswith("Noted: maybe.")
