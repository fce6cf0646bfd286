"""Experiences as members meet them: the card and its buttons, `/experience latest|search|ask`."""

import pytest
from simcord.builders import ChannelHandle

from tests.experiences.blog import blog_post, rss
from tests.people import (
    Club,
    buttons_of,
    components_of,
    fields_of,
    fill_in,
    message_of,
    reply,
    text_of,
)

FEED = "https://blog.example.org/feed.xml"
CHOOSE = "Choose one from the list that appears as you type."
UNKNOWN = "I don't know that experience. `/experience latest` shows what there is."
NOTHING_THERE = (
    "I don't know what that's about. Choose from the list that `/ask` shows as you type."
)
CERN = (
    "I interned at CERN in Geneva, Switzerland, in the summer of 2019. As a research intern I "
    "wrote software for a detector, and I learned how large collaborations work. "
)
KOREAN = "저는 여름에 카이스트에서 인턴십을 했습니다. 로봇 연구실에서 많은 것을 배웠습니다."
PICTURE = b'&lt;img src="https://blog.example.org/lab.png" alt="The lab"/&gt;'
THUMBNAIL = 11
LOCKED, ARCHIVED, DELETED = 160005, 50083, 10003  # Discord's codes, of a thread


@pytest.fixture
def diaries(club: Club) -> ChannelHandle:
    """The channel for experiences."""
    return club.guild.create_text_channel("diaries")


async def follow(club: Club, web, channel: ChannelHandle, *blog_posts, **options) -> None:
    """Follow a blog with these experiences, the newest first, all of which are posted."""
    web.pages[FEED] = rss(blog_posts)
    given = {"url": FEED, "channel": channel, "latest": 10} | options
    await club.olga.slash(club.papers, "feed add", **given)


async def told(club: Club, command: str, **options) -> str:
    return reply(await club.alice.slash(club.papers, f"experience {command}", **options))


# --- the card ---------------------------------------------------------------------------------


async def test_the_card_says_whose_experience_it_is_and_what_it_is_about(
    club: Club, diaries, web
) -> None:
    page = rss([blog_post(1, title="A summer at CERN", text=CERN, tags=("physics", "swiss"))])
    web.pages[FEED] = page.replace(b"&lt;p&gt;", PICTURE + b"&lt;p&gt;")
    await club.olga.slash(club.papers, "feed add", url=FEED, channel=diaries)
    (card,) = club.cards(diaries)
    lines = text_of(card).splitlines()
    assert lines[:2] == [
        "### [A summer at CERN](https://blog.example.org/posts/1/)",
        "Ada Lovelace · A blog · <t:1764666000:D>",
    ]
    assert lines[2].startswith("I interned at CERN in Geneva")
    for fact in ("**CERN**", "**Research Intern**", "**Switzerland**", "**Summer 2019**"):
        assert fact in lines[-1]
    assert lines[-1].endswith("#physics · #swiss")
    assert list(buttons_of(card)) == ["Ask about this", "Correct", "Read it all"]
    assert buttons_of(card)["Read it all"] == "https://blog.example.org/posts/1/"
    (picture,) = (part for part in components_of(card) if part["type"] == THUMBNAIL)
    assert picture["media"]["url"] == "https://blog.example.org/lab.png"
    assert picture["description"] == "The lab"
    (thread,) = diaries.threads
    assert thread.name == "Ask about: A summer at CERN"


async def test_an_experience_without_an_address_is_read_here(club: Club, diaries, web) -> None:
    end = "And this is how it ended."
    text = f"{'We did a good deal of work there. ' * 40}{end}"
    await follow(club, web, diaries, blog_post(1, link=None, text=text))
    (card,) = club.cards(diaries)
    assert end not in text_of(card)
    answer = await club.alice.click(card, label="Read it all")
    assert reply(answer).startswith("### My internship, part 1\nAda Lovelace · A blog")
    assert reply(answer).endswith(end)


async def test_a_short_experience_without_an_address_is_there_as_a_whole(
    club: Club, diaries, web
) -> None:
    await follow(club, web, diaries, blog_post(1, link=None, text="It was short, but very good."))
    assert list(buttons_of(club.cards(diaries)[0])) == ["Ask about this", "Correct"]


async def test_an_edited_experience_changes_its_card(club: Club, diaries, web, clock) -> None:
    await follow(club, web, diaries, blog_post(1))
    web.pages[FEED] = rss([blog_post(1, title="My internship, told anew")])
    clock.advance(days=1)
    await club.application.tick()
    (card,) = club.cards(diaries)
    assert "told anew" in text_of(card)


# --- asking -----------------------------------------------------------------------------------


async def test_a_question_lands_in_the_thread(club: Club, diaries, web, start) -> None:
    await follow(club, web, diaries, blog_post(1))
    await club.restart(start())
    (thread,) = diaries.threads
    for member, question in ((club.alice, "Was *housing* paid?"), (club.olga, "And the food?")):
        form = await member.click(club.cards(diaries)[0], label="Ask about this")
        assert form.modal is not None
        assert form.modal["title"] == "About: My internship, part 1"
        sent = await fill_in(member, form, **{"Your question": question})
        assert f"in <#{thread.id}>." in reply(sent)
    about = "About the experience [My internship, part 1](https://blog.example.org/posts/1/)"
    questions = [text_of(message).splitlines() for message in club.cards(thread)]
    assert questions == [
        [
            "### Was \\*housing\\* paid?",
            f"Question 1 · Internships · asked by <@{club.alice.id}>",
            about,
            "0 answers",
        ],
        [
            "### And the food?",
            f"Question 2 · Internships · asked by <@{club.olga.id}>",
            about,
            "0 answers",
        ],
    ]


async def test_the_button_of_a_card_from_before_there_were_topics_opens_the_same_form(
    club: Club, diaries, web
) -> None:
    await follow(club, web, diaries, blog_post(1))
    (card,) = club.cards(diaries)
    form = await club.alice.click(card, label="Ask about this")
    button = {"type": 2, "style": 1, "label": "Ask", "custom_id": "pc:experience_ask:1"}
    old = club.env.backend.create_message(
        diaries.id, card.author.id, "", components=[{"type": 1, "components": [button]}]
    )
    shown = next(message for message in diaries.history() if message.id == old.id)
    same = await club.alice.click(shown, label="Ask")
    assert same.modal is not None
    assert form.modal is not None
    assert same.modal["title"] == form.modal["title"]
    assert list(fields_of(same)) == list(fields_of(form))


async def test_a_question_without_words_is_offered_back(club: Club, diaries, web) -> None:
    await follow(club, web, diaries, blog_post(1))
    form = await club.alice.click(club.cards(diaries)[0], label="Ask about this")
    typed = {"Your question": "\u200b ", "Details": "I leave *soon*."}
    refused = await fill_in(club.alice, form, **typed)
    assert reply(refused) == ("That title has no words. Say in a few words what you want to know.")
    club.refused()
    again = await club.alice.click(message_of(refused), label="Edit and send again")
    assert again.modal is not None
    assert again.modal["title"] == "About: My internship, part 1"
    assert fields_of(again)["Details"]["value"] == "I leave *soon*."
    sent = await fill_in(club.alice, again, **{"Your question": "Who are you?"})
    (thread,) = diaries.threads
    assert f"in <#{thread.id}>" in reply(sent)
    assert "I leave *soon*." in text_of(club.card("Who are you?", thread))


async def test_a_question_about_an_archived_experience_posts_it_first(
    club: Club, diaries, web
) -> None:
    await follow(club, web, diaries, blog_post(2), blog_post(1), latest=0)
    assert not club.cards(diaries)
    answer = await club.alice.slash(club.papers, "experience latest")
    form = await club.alice.click(message_of(answer), label="Ask about this")
    sent = await fill_in(club.alice, form, **{"Your question": "Who are you?"})
    assert f"in <#{diaries.id}>" in reply(sent)
    (card,) = club.cards(diaries)
    assert "part 2" in text_of(card)
    (thread,) = diaries.threads
    assert ["Who are you?" in text_of(message) for message in club.cards(thread)] == [True]


async def test_a_question_about_a_forums_post_goes_into_it(club: Club, web) -> None:
    forum = club.guild.create_forum_channel("forum")
    await follow(club, web, forum, blog_post(1))
    (post,) = forum.threads
    card = post.history()[0]
    form = await club.alice.click(card, label="Ask about this")
    sent = await fill_in(club.alice, form, **{"Your question": "Who are you?"})
    assert f"in <#{post.id}>" in reply(sent)
    assert "Who are you?" in text_of(post.history()[-1])


@pytest.mark.parametrize("code", [LOCKED, ARCHIVED, DELETED])
@pytest.mark.parametrize("apart", [False, True], ids=["in it", "beside it"])
async def test_a_closed_thread_loses_no_question_and_no_answer(
    club: Club, diaries, web, code, apart
) -> None:
    office, questions = (club.guild.create_text_channel(n) for n in ("office", "questions"))
    where = {"questions": questions} if apart else {}
    await club.set_up(organisers=office, **where)
    await follow(club, web, diaries, blog_post(1))
    (thread,) = diaries.threads
    status = 404 if code == DELETED else 400
    posting = f"/channels/{thread.id}/messages"
    times = 1 if code == ARCHIVED else None
    club.env.inject_error("POST", posting, status=status, code=code, times=times)
    form = await club.alice.click(club.cards(diaries)[0], label="Ask about this")
    await fill_in(club.alice, form, **{"Your question": "Which lab was it?"})
    await club.application.tick()
    place = thread if code == ARCHIVED else diaries
    about = [text for text in map(text_of, club.cards(place)) if "Which lab was it?" in text]
    assert len(about) == 1
    if not apart:
        card = club.card("Which lab was it?", place)
        form = await club.bob.click(card, label="Answer")
        await fill_in(club.bob, form, **{"Your answer": "The one for robots."})
        await club.application.tick()
        answer = club.card("The one for robots.", place)
        assert f"<@{club.alice.id}>" in text_of(answer)
        assert "1 answer" in text_of(club.card("Which lab was it?", place))
    told = [text for text in map(text_of, club.cards(office)) if f"<#{thread.id}>" in text]
    assert len(told) == (code == LOCKED)


async def test_asking_by_command(club: Club, diaries, web) -> None:
    await follow(club, web, diaries, blog_post(2, text=KOREAN), blog_post(1))
    offered = await club.alice.autocomplete(club.papers, "experience ask", "experience", "로봇")
    assert [choice["name"] for choice in offered] == ["My internship, part 2"]
    form = await club.alice.slash(club.papers, "experience ask", experience=offered[0]["value"])
    assert form.modal is not None
    assert form.modal["title"] == "About: My internship, part 2"
    sent = await fill_in(club.alice, form, **{"Your question": "Which lab?"})
    (thread,) = (one for one in diaries.threads if one.name.endswith("part 2"))
    assert f"in <#{thread.id}>" in reply(sent)


async def test_an_experience_without_a_title_can_be_chosen(club: Club, diaries, web) -> None:
    await follow(club, web, diaries, blog_post(1, title=""))
    offered = await club.alice.autocomplete(club.papers, "experience ask", "experience", "")
    assert offered == [{"name": "Untitled", "value": "1"}]
    form = await club.alice.click(club.cards(diaries)[0], label="Ask about this")
    assert fields_of(form)


@pytest.mark.parametrize(
    ("experience", "sentence"),
    [("CERN", CHOOSE), ("-1", CHOOSE), ("9" * 30, CHOOSE), ("7", NOTHING_THERE)],
)
async def test_an_experience_that_was_not_chosen_gets_a_sentence(
    club: Club, experience: str, sentence: str
) -> None:
    assert await told(club, "ask", experience=experience) == sentence
    club.refused()


async def test_experiences_of_another_community_are_unknown(club: Club, diaries, web) -> None:
    await follow(club, web, diaries, blog_post(1))
    next_door = await club.neighbours()
    await next_door.set_up()
    for action in ("correct", "read"):
        assert await next_door.press(next_door.alice, f"pc:experience_{action}:1") == UNKNOWN
    for button in ("pc:ask:experience.1", "pc:experience_ask:1"):
        assert await next_door.press(next_door.alice, button) == NOTHING_THERE
    assert await told(next_door, "ask", experience="1") == NOTHING_THERE
    club.refused()
    assert "There are no experiences yet." in await told(next_door, "latest")


# --- correcting -------------------------------------------------------------------------------


async def correct(club: Club, card, kind: str, value: str):
    facts = message_of(await club.alice.click(card, label="Correct"))
    (label,) = [one for one in buttons_of(facts) if one.startswith(kind)]
    form = await club.alice.click(facts, label=label)
    return await fill_in(club.alice, form, **{kind: value})


async def correct_again(club: Club, card) -> str:
    return reply(await correct(club, card, "Organisation", "DESY *lab*"))


async def test_who_corrected_takes_it_back_and_an_organiser_reverts(
    club: Club, diaries, web
) -> None:
    await follow(club, web, diaries, blog_post(1, title="A summer at CERN", text=CERN))
    (card,) = club.cards(diaries)
    answer = await correct(club, card, "Organisation", "DESY")
    undo = buttons_of(message_of(answer))["Undo"]
    assert (await club.press(club.bob, undo)).startswith("Only the person who made the correction")
    assert await club.press(club.alice, undo) == 'Undone: Organisation is "CERN" again.'
    assert await club.press(club.alice, undo) == "That correction has already been undone."
    await club.application.tick()
    assert "**CERN**" in text_of(club.cards(diaries)[0])
    await correct(club, card, "Organisation", "ETH")
    await club.application.tick()
    (notice,) = [
        message
        for message in club.olga.user.dm_channel.history()
        if "Organisation: ETH" in text_of(message)
    ]
    assert "Before: **CERN**" in text_of(notice)
    said = reply(await club.olga.user.click(notice, label="Revert"))
    assert said == 'Undone: Organisation is "CERN" again.'


async def test_a_member_corrects_a_fact(club: Club, diaries, web, clock) -> None:
    cern = blog_post(1, title="A summer at CERN", text=CERN)
    await follow(club, web, diaries, cern)
    (card,) = club.cards(diaries)
    facts = message_of(await club.alice.click(card, label="Correct"))
    assert "Season: Summer 2019" in buttons_of(facts)
    form = await club.alice.click(facts, label="Organisation: CERN")
    assert fields_of(form)["Organisation"]["value"] == "CERN"
    said = reply(await correct(club, card, "Organisation", "DESY *lab*"))
    assert said.startswith('Thanks, corrected: Organisation is now "DESY \\*lab\\*".')
    await club.application.tick()
    assert "**DESY \\*lab\\***" in text_of(club.cards(diaries)[0])
    said = reply(await correct(club, card, "Season", ""))
    assert said.startswith("Thanks, corrected: Season is removed.")
    assert await correct_again(club, card) == "Nothing has changed; it already says that."
    await club.application.tick()
    assert "Summer 2019" not in text_of(club.cards(diaries)[0]).splitlines()[-1]
    web.pages[FEED] = rss([blog_post(1, title="A summer at CERN", text=CERN + "More of it.")])
    clock.advance(days=1)
    await club.application.tick()
    assert "**DESY \\*lab\\***" in text_of(club.cards(diaries)[0])
    assert "A summer at CERN" in await told(club, "latest", organisation="desy *LAB*")
    assert "No experiences" in await told(club, "latest", organisation="CERN")


async def test_a_correction_lasts_through_a_restart_of_its_form(
    club: Club, diaries, web, start
) -> None:
    await follow(club, web, diaries, blog_post(1))
    await club.restart(start())
    said = reply(await correct(club, club.cards(diaries)[0], "Country", "Norway"))
    assert said.startswith('Thanks, corrected: Country is now "Norway".')


# --- latest and search ------------------------------------------------------------------------


async def many(club: Club, web, channel: ChannelHandle) -> None:
    blog_posts = [
        blog_post(5, title="Robots in Daejeon", text=KOREAN, tags=("로봇",)),
        blog_post(4, title="A winter at KAIST", text="I interned at KAIST in South Korea."),
        blog_post(3, title="A summer at CERN", text=CERN, tags=("physics",)),
        blog_post(2, tags=("physics",)),
        blog_post(1),
    ]
    await follow(club, web, channel, *blog_posts, latest=0)


@pytest.mark.parametrize(("command", "options"), [("latest", {}), ("search", {"text": "robots"})])
async def test_before_the_set_up_members_are_told_what_is_missing(
    newcomers: Club, command: str, options: dict[str, str]
) -> None:
    assert (await told(newcomers, command, **options)).startswith("Paperclub isn't set up here")
    newcomers.refused()


async def test_empty_lists_say_what_to_do(club: Club) -> None:
    assert await told(club, "latest") == (
        "### No experiences\nThere are no experiences yet. Write your own with "
        "`/experience submit`; organisers can follow blogs with `/feed add`."
    )
    assert "Nothing matches all of that. Try fewer words." in await told(
        club, "search", text="robots"
    )


async def test_experiences_are_turned_one_by_one_also_after_a_restart(
    club: Club, diaries, web, start
) -> None:
    await many(club, web, diaries)
    answer = await club.alice.slash(club.papers, "experience latest")
    assert "Robots in Daejeon" in reply(answer)
    assert reply(answer).endswith("-# 1 of 5")
    assert next(iter(buttons_of(message_of(answer)))) == "Next"
    await club.restart(start())
    await club.alice.click(message_of(answer), label="Next")
    assert "A winter at KAIST" in reply(answer)
    assert list(buttons_of(message_of(answer)))[:2] == ["Previous", "Next"]
    for _ in range(3):
        await club.alice.click(message_of(answer), label="Next")
    assert reply(answer).endswith("-# 5 of 5")
    assert "Next" not in buttons_of(message_of(answer))
    await club.alice.click(message_of(answer), label="Previous")
    assert reply(answer).endswith("-# 4 of 5")


@pytest.mark.parametrize(
    ("command", "options", "found"),
    [
        ("search", {"text": "로봇"}, 1),
        ("search", {"text": "인턴십"}, 1),
        ("search", {"text": "inter detect"}, 1),
        ("search", {"text": "detector nowhere"}, 0),
        ("search", {"text": "???"}, 0),
        ("search", {"text": '" OR words:* --'}, 0),
        ("search", {"text": "internship", "tag": "Physics"}, 1),
        ("latest", {"tag": "physics"}, 2),
        ("latest", {"tag": "로봇"}, 1),
        ("latest", {"organisation": "cern", "country": "switzerland", "season": "summer 2019"}, 1),
        ("latest", {"organisation": "CERN", "country": "South Korea"}, 0),
        ("latest", {"organisation": '"*'}, 0),
    ],
)
async def test_experiences_are_found_by_words_and_facts(
    club: Club, diaries, web, command: str, options: dict[str, str], found: int
) -> None:
    await many(club, web, diaries)
    said = await told(club, command, **options)
    assert f"-# 1 of {found}" in said if found else "Nothing matches all of that." in said


async def test_four_filters_are_too_many(club: Club) -> None:
    filters = {"organisation": "a", "country": "b", "role": "c", "season": "d"}
    for command, options in (("latest", {}), ("search", {"text": "x"})):
        said = await told(club, command, **options, **filters)
        assert said == "Please use at most 3 filters at once."
        club.refused()


async def test_filters_suggest_what_there_is(club: Club, diaries, web) -> None:
    await many(club, web, diaries)
    for command in ("experience latest", "experience search"):

        async def offered(kind: str, typed: str, command: str = command) -> list[str]:
            choices = await club.alice.autocomplete(club.papers, command, kind, typed)
            return [choice["value"] for choice in choices]

        assert await offered("organisation", "ce") == ["CERN"]
        assert await offered("tag", "") == ["physics", "로봇"]
        assert await offered("country", "swi") == ["Switzerland"]
        assert await offered("country", "nowhere") == []
        assert await offered("season", "2019") == ["Summer 2019"]
        assert await offered("programme", "@everyone") == []


LONG_WORDS = {
    "korean": "카이스트 로봇 연구실 인턴십 " * 5,
    "emoji": "👩‍🔬 internship " * 9,
    "growing": "\U0001d160 internship " * 9,  # each note becomes three characters
    "dots": "internship . . " * 9,
    "decomposed": "인턴십 internship " * 9,
}


@pytest.mark.parametrize("typed", LONG_WORDS.values(), ids=LONG_WORDS)
async def test_whatever_was_typed_fits_into_a_button(club: Club, diaries, web, typed: str) -> None:
    text = f"{KOREAN} 카이스트 로봇 연구실 인턴십 internship"
    blog_posts = [blog_post(n, text=f"{text} {n}", tags=("physics",)) for n in (2, 1)]
    await follow(club, web, diaries, *blog_posts, latest=0)
    options = {"text": typed[:40], "tag": "physics"}
    answer = await club.alice.slash(club.papers, "experience search", **options)
    ids = [part["custom_id"] for part in components_of(message_of(answer)) if "custom_id" in part]
    assert max(map(len, ids), default=0) <= 100
    assert "-# 1 of 2" in reply(answer)
    await club.alice.click(message_of(answer), label="Next")
    assert "-# 2 of 2" in reply(answer)
