"""Questions as members meet them: `/ask`, the cards and their buttons, `/question`."""

import discord
import pytest

from tests.asking import QUESTION, UNNAMED, answer, ask, open_answer, read
from tests.people import (
    Club,
    assert_nothing_pings,
    buttons_of,
    components_of,
    fields_of,
    fill_in,
    message_of,
    reply,
    text_of,
)


async def test_a_question_is_posted_with_a_thread(ready: Club, questions) -> None:
    club = ready
    said = reply(await ask(club, club.alice, Details="I study **physics**."))
    assert said.startswith(f"Posted as question 1 in <#{questions.id}>.")
    (card,) = club.cards(questions)
    assert text_of(card).splitlines() == [
        f"### {QUESTION}",
        f"Question 1 · Papers · asked by <@{club.alice.id}>",
        "I study **physics**.",
        "0 answers",
    ]
    assert list(buttons_of(card)) == ["Answer", "Me too", "Follow"]
    (thread,) = questions.threads
    assert thread.name == f"1 · {QUESTION}"
    assert list(fields_of(await club.alice.slash(club.papers, "ask"))) == [
        "Your question",
        "Details",
        "Topic",
        "Options",
        "Ask someone in particular",
    ]


async def test_an_answer_is_posted_accepted_and_shown(ready: Club, questions) -> None:
    club = ready
    await ask(club, club.alice)
    said = await answer(club, club.bob, "Write to the professors.", questions)
    (thread,) = questions.threads
    assert reply(said) == f"Posted in <#{thread.id}>. Thank you for your answer."
    (given,) = club.cards(thread)
    assert text_of(given).splitlines() == [
        f"<@{club.alice.id}>",
        "### Answer to question 1",
        "Write to the professors.",
        f"by <@{club.bob.id}> · **0 upvotes**",
    ]
    assert list(buttons_of(given)) == ["Upvote", "Accept"]
    refused = await club.bob.click(given, label="Accept")
    assert reply(refused) == "Only the person who asked or an organiser can accept an answer."
    assert reply(await club.alice.click(given, label="Accept")).startswith("Accepted.")
    await club.application.tick()
    (card,) = club.cards(questions)
    assert f"**Answered by <@{club.bob.id}>:** Write to the professors." in text_of(card)
    (given,) = club.cards(thread)
    assert "### ✓ Answer to question 1" in text_of(given)
    assert list(buttons_of(given)) == ["Upvote"]


async def test_an_answered_card_looks_answered_and_stays_so_when_it_is_closed(
    ready: Club, questions
) -> None:
    club = ready

    async def looks() -> tuple[str, object, list[object]]:
        await club.application.tick()
        (card,) = club.cards(questions)
        parts = list(components_of(card))
        styles = [part["style"] for part in parts if part.get("label") == "Answer"]
        return text_of(card), parts[0]["accent_color"], styles

    await ask(club, club.alice)
    await answer(club, club.bob, "Write to the professors.", questions)
    text, colour, styles = await looks()
    assert text.startswith(f"### {QUESTION}")
    assert styles == [discord.ButtonStyle.primary.value]
    await club.alice.click(club.cards(questions.threads[0])[0], label="Accept")
    text, answered, styles = await looks()
    assert text.startswith(f"### ✓ {QUESTION}")
    assert answered != colour
    assert styles == [discord.ButtonStyle.secondary.value]
    await club.alice.slash(club.papers, "question close", question="1", reason="I know now.")
    text, closed, styles = await looks()
    assert f"**Answered by <@{club.bob.id}>:** Write to the professors." in text
    assert "**Closed**: I know now." in text
    assert (closed, styles) == (answered, [])


async def test_every_button_works_after_a_restart(ready: Club, questions, start) -> None:
    club = ready
    await ask(club, club.alice)
    await answer(club, club.bob, "Write to the professors.", questions)
    await club.restart(start())
    (card,) = club.cards(questions)
    (given,) = club.cards(questions.threads[0])
    carla = club.add_member("carla")
    me_too = await carla.click(card, label="Me too")
    assert reply(me_too).startswith("Noted: *Me too* from 1 person so far.")
    follow = await club.bob.click(card, label="Follow")
    assert reply(follow).startswith("Following:")
    upvote = await carla.click(given, label="Upvote")
    assert reply(upvote) == "Upvoted: the answer has 1 upvote."
    await club.restart(start())
    for shown, label, sentence in (
        (me_too, "Take it back", "Taken back. You still follow this question"),
        (me_too, "Unfollow", "Unfollowed: I won't ping you about this question any more."),
        (upvote, "Take it back", "Upvote taken back: the answer has 0 upvotes."),
    ):
        assert sentence in reply(await carla.click(message_of(shown), label=label))
    again = await club.bob.click(message_of(follow), label="Unfollow")
    assert reply(again) == "Unfollowed: I won't ping you about this question any more."
    assert reply(await club.bob.click(message_of(again), label="Follow")).startswith("Following")
    assert (await open_answer(carla, card)).modal is not None
    assert reply(await club.alice.click(given, label="Accept")).startswith("Accepted.")


async def test_followers_and_the_asker_are_pinged_and_nobody_else(ready: Club, questions) -> None:
    club = ready
    carla, dan = club.add_member("carla"), club.add_member("dan")
    await ask(club, club.alice)
    (card,) = club.cards(questions)
    await carla.click(card, label="Me too")
    await dan.click(card, label="Follow")
    await dan.click(card, label="Follow")
    unfollow = await dan.click(card, label="Follow")
    await dan.click(message_of(unfollow), label="Unfollow")
    await answer(club, club.bob, "@everyone <@1> look here", questions)
    pinged = [
        set(request.json["allowed_mentions"].get("users", ()))
        for request in club.env.http_requests
        if isinstance(request.json, dict) and request.json.get("allowed_mentions", {}).get("users")
    ]
    assert pinged == [{club.alice.id, carla.id}]
    (given,) = club.cards(questions.threads[0])
    assert "@everyone" not in text_of(given)


async def test_similar_questions_come_first(ready: Club, questions, start) -> None:
    club = ready
    await ask(club, club.alice)
    await answer(club, club.bob, "Write to the professors, by name, in autumn.", questions)
    await club.alice.click(club.cards(questions.threads[0])[0], label="Accept")
    shown = await ask(club, club.bob, "How does one find a lab in Berlin or Potsdam?")
    assert text_of(message_of(shown)).splitlines() == [
        "### Does one of these help?",
        f"**<#{questions.threads[0].id}>**",  # whose name is the question's
        "> Write to the professors, by name, in autumn.",
        "-# Your question isn't posted yet. I'll keep it for a day.",
    ]
    assert len(club.cards(questions)) == 1
    await club.restart(start())
    button = message_of(shown)
    draft = buttons_of(button)["Post my question"]
    assert "I don't know that question" in await club.press(club.alice, draft)
    posted = await club.bob.click(button, label="Post my question")
    assert reply(posted).startswith("Posted as question 2 in")
    again = await club.bob.click(button, label="Post my question")
    assert reply(again).startswith("Posted as question 2 in")
    assert len(club.cards(questions)) == 2


async def test_an_unnamed_question_tells_nobody_who_asked(ready: Club, questions) -> None:
    club = ready
    said = reply(await ask(club, club.alice, Options=UNNAMED))
    assert said.startswith(
        "Thanks, I have your question. Members and organisers won't see who asked; `/about` says"
    )
    assert "posted" not in said  # nothing waits here
    (card,) = club.cards(questions)
    assert "asked by an anonymous member" in text_of(card)
    await answer(club, club.bob, "Write to the professors.", questions)
    assert_nothing_pings(club)
    (told,) = club.alice.user.dm_channel.history()
    assert "Someone answered your question" in text_of(told)
    assert "Write to the professors." in text_of(told)
    accepted = await club.alice.user.click(told, label="Accept")
    assert text_of(message_of(accepted)) == "Accepted. Question 1 now shows this answer."
    await club.application.tick()
    assert "Answered by" in text_of(club.cards(questions)[0])


async def test_a_question_for_somebody_pings_them_once(ready: Club, questions) -> None:
    club = ready
    await ask(club, club.alice, **{"Ask someone in particular": [club.bob]})
    (thread,) = questions.threads
    (ping,) = club.cards(thread)
    assert text_of(ping).splitlines()[:2] == [f"<@{club.bob.id}>", "### A question for you"]
    (card,) = club.cards(questions)
    assert f"For <@{club.bob.id}>" in text_of(card)


async def test_a_message_in_the_thread_can_be_accepted(ready: Club, questions) -> None:
    club = ready
    await ask(club, club.alice)
    (thread,) = questions.threads
    message = await club.bob.send(thread, "Ask at the **summer school**.")
    said = await club.alice.context_menu(thread, "Accept as answer", message)
    assert reply(said) == "Accepted. Question 1 now shows this answer."
    await club.application.tick()
    (card,) = club.cards(questions)
    assert "Ask at the **summer school**." in text_of(card)
    elsewhere = await club.bob.send(club.papers, "Not an answer")
    said = await club.alice.context_menu(club.papers, "Accept as answer", elsewhere)
    assert "isn't in a question's thread" in reply(said)
    club.refused()


async def test_the_askers_choice_stands(ready: Club, questions) -> None:
    club = ready
    await ask(club, club.alice)
    for text in ("First.", "Second."):
        await answer(club, club.bob, text, questions)
    first, second = club.cards(questions.threads[0])
    assert reply(await club.olga.click(second, label="Accept")).startswith("Accepted.")
    assert reply(await club.alice.click(first, label="Accept")).startswith("Accepted.")
    await club.application.tick()
    said = reply(await club.olga.click(club.cards(questions.threads[0])[1], label="Accept"))
    assert said == "The person who asked has accepted another answer, so I left it at that."
    assert "First." in text_of(club.cards(questions)[0])


async def test_closing_and_opening_again_with_reasons(ready: Club, questions) -> None:
    club = ready
    await ask(club, club.alice)
    offered = await club.alice.autocomplete(club.papers, "question close", "question", "berlin")
    assert [one["name"] for one in offered] == [f"1 · {QUESTION}"]
    number = offered[0]["value"]
    said = await club.bob.slash(club.papers, "question close", question=number)
    assert reply(said) == "Only the person who asked or an organiser can do that."
    club.refused()
    said = await club.olga.slash(
        club.papers, "question close", question=number, reason="Asked *twice*"
    )
    assert reply(said).startswith("Closed: ")
    await club.application.tick()
    (card,) = club.cards(questions)
    assert "**Closed**: Asked \\*twice\\*" in text_of(card)
    assert not buttons_of(card)
    await club.alice.slash(club.papers, "question reopen", question=number, reason="It isn't")
    await club.application.tick()
    (card,) = club.cards(questions)
    assert "**Open again:** It isn't" in text_of(card)
    assert list(buttons_of(card)) == ["Answer", "Me too", "Follow"]


async def test_lists_and_searches(ready: Club, questions) -> None:
    club = ready
    await club.olga.slash(club.papers, "settings questions", pause=0)
    empty = await club.alice.slash(club.papers, "question list")
    assert "No open questions. Ask one with `/ask`." in reply(empty)
    await ask(club, club.alice)
    await ask(club, club.alice, "연구 인턴은 어떻게 구하나요?", Topic="Internships")
    await ask(club, club.alice, "Are there graphs without maps?", Options=["research"])
    await answer(club, club.bob, "교수님께 메일을 보내세요.", questions, 1)
    (_, second, _) = club.cards(questions)
    await club.bob.click(second, label="Me too")

    async def listed(**options: str) -> list[str]:
        shown = read(await club.alice.slash(club.papers, "question list", **options), questions)
        return [line[2] for line in shown.splitlines() if line.startswith("**")]

    assert await listed() == ["2", "1"]
    assert await listed(which="unanswered") == ["1"]
    assert await listed(which="answered") == []
    assert await listed(which="wanted") == ["2", "1"]
    assert await listed(which="research") == ["3"]
    assert await listed(which="mine") == ["3", "2", "1"]
    assert await listed(topic="Internships") == ["2"]
    found = await club.bob.slash(club.papers, "question search", text="메일")
    assert read(found, questions).count("2 · 연구 인턴은 어떻게 구하나요?") == 1
    shown = await club.bob.slash(club.papers, "question show", question="2")
    assert "교수님께 메일을 보내세요." in reply(shown)
    assert "No question has all" in reply(
        await club.bob.slash(club.papers, "question search", text="zebra")
    )


async def test_a_research_question_collects_papers(ready: Club, questions) -> None:
    club = ready
    await ask(club, club.alice, Options=["research"])
    (card,) = club.cards(questions)
    assert "Open research question 1" in text_of(card)
    assert list(buttons_of(card)) == ["Answer", "Me too", "Follow", "Add a paper"]
    form = await club.bob.click(card, label="Add a paper")
    said = await fill_in(
        club.bob, form, **{"The paper": "arXiv:1706.03762", "Why it helps": "Section 3"}
    )
    assert reply(said) == "Added: **On 1706.03762**. Thank you."
    (pointer,) = club.cards(questions.threads[0])
    assert "A paper for question 1" in text_of(pointer)
    assert "1 paper" in text_of(club.cards(questions)[0])
    form = await club.alice.click(card, label="Add a paper")
    again = await fill_in(club.alice, form, **{"The paper": "https://arxiv.org/abs/1706.03762v2"})
    assert text_of(message_of(again)) == "Someone has added this paper already."
    club.refused()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"Your question": "🙂🙂"}, "That title has no words."),
        ({"Your question": "\u200b \u202e"}, "That title has no words."),
        ({"Your question": "x" * 4000}, "That title has 4,000 characters; the limit is 200"),
        ({"Details": "y" * 4000}, "Your details have 4,000 characters; the limit is 2,000"),
    ],
)
async def test_what_cannot_be_asked_is_handed_back(
    ready: Club, questions, typed: dict[str, str], sentence: str
) -> None:
    club = ready
    refused = await ask(club, club.alice, Options=["anonymous", "research"], **typed)
    assert sentence in reply(refused)
    club.refused()
    assert not club.cards(questions)
    again = await club.alice.click(message_of(refused), label="Edit and send again")
    fields = fields_of(again)
    for label, text in typed.items():
        assert fields[label].get("value") == text
    ticked = [box["value"] for box in fields["Options"]["options"] if box.get("default")]
    assert ticked == ["anonymous", "research"]
    sent = await fill_in(
        club.alice, again, **{"Your question": QUESTION, "Details": "", "Options": []}
    )
    assert reply(sent).startswith("Posted as question 1 in")


async def test_an_answer_that_cannot_be_taken_is_handed_back(ready: Club, questions) -> None:
    club = ready
    await ask(club, club.alice)
    for text, sentence in (("👍", "That answer has no words."), ("z" * 4000, "4,000 characters")):
        refused = await answer(club, club.bob, text, questions)
        assert sentence in reply(refused)
        club.refused()
        again = await club.bob.click(message_of(refused), label="Edit and send again")
        assert fields_of(again)["Your answer"]["value"] == text


async def test_a_channel_that_is_gone_is_told_before_anything_is_lost(
    ready: Club, questions
) -> None:
    club = ready
    form = await club.alice.slash(club.papers, "ask")
    club.env.backend.delete_channel(questions.id)
    await club.env.settle()
    refused = await fill_in(club.alice, form, **{"Your question": QUESTION})
    assert "The channel for questions is gone." in reply(refused)
    club.refused()
    again = await club.alice.click(message_of(refused), label="Edit and send again")
    assert fields_of(again)["Your question"]["value"] == QUESTION


async def test_an_answer_to_a_question_whose_thread_is_gone_goes_to_the_channel(
    ready: Club, questions
) -> None:
    club = ready
    await ask(club, club.alice)
    (thread,) = questions.threads
    (card,) = club.cards(questions)
    form = await club.bob.click(card, label="Answer")
    club.env.backend.delete_channel(thread.id)
    await club.env.settle()
    sent = await fill_in(club.bob, form, **{"Your answer": "Write to them."})
    assert reply(sent).startswith("Posted in")
    assert "Write to them." in text_of(club.cards(questions)[-1])


async def test_a_bot_or_somebody_who_left_cannot_be_asked(ready: Club, questions) -> None:
    club = ready
    robot = club.guild.add_member(club.env.create_user("robot", bot=True))
    refused = await ask(club, club.alice, **{"Ask someone in particular": [robot]})
    assert "That's a bot" in reply(refused)
    club.refused()
    assert not club.cards(questions)


async def test_before_there_is_a_channel_the_form_is_handed_back(club: Club) -> None:
    refused = await ask(club, club.alice)
    assert "There's no channel for questions yet." in reply(refused)
    club.refused()
    again = await club.alice.click(message_of(refused), label="Edit and send again")
    assert fields_of(again)["Your question"]["value"] == QUESTION


async def test_two_questions_of_one_member_need_a_pause(ready: Club, questions, clock) -> None:
    club = ready
    await ask(club, club.alice)
    refused = await ask(club, club.alice, "Where are flats in Potsdam?")
    assert "In this group you can ask again 2 minutes after your last question." in reply(refused)
    club.refused()
    assert reply(await ask(club, club.bob, "Where are flats?")).startswith("Posted as question 2")
    clock.advance(minutes=3)
    again = await ask(club, club.alice, "Where are flats in Potsdam?")
    assert reply(again).startswith("Posted as question 3")


async def test_a_forum_has_topic_and_status_as_tags(club: Club) -> None:
    forum = club.guild.create_forum_channel("questions")
    guild = club.env.bot.get_guild(club.guild.id)
    assert guild is not None
    channel = guild.get_channel(forum.id)
    assert isinstance(channel, discord.ForumChannel)
    for name in ("Papers", "Internships", "Open", "Answered"):
        await channel.create_tag(name=name)
    await club.set_up(questions=forum)
    await ask(club, club.alice)

    def tags() -> list[str]:
        (thread,) = channel.threads
        return sorted(tag.name for tag in thread.applied_tags)

    assert tags() == ["Open", "Papers"]
    (thread,) = forum.threads
    (card,) = club.cards(thread)
    form = await club.bob.click(card, label="Answer")
    await fill_in(club.bob, form, **{"Your answer": "Write to them."})
    given = club.cards(thread)[-1]
    await club.alice.click(given, label="Accept")
    await club.application.tick()
    assert tags() == ["Answered", "Papers"]


async def test_a_forum_whose_tags_may_not_be_changed_is_no_trouble(club: Club) -> None:
    forum = club.guild.create_forum_channel("questions")
    channel = club.env.bot.get_guild(club.guild.id).get_channel(forum.id)
    for name in ("Open", "Closed"):
        await channel.create_tag(name=name)
    await club.set_up(questions=forum)
    await ask(club, club.alice)
    (thread,) = forum.threads
    club.env.inject_error("PATCH", f"/channels/{thread.id}", status=403, code=50013)
    await club.alice.slash(club.papers, "question close", question="1")
    await club.application.tick()
    assert "**Closed**" in text_of(club.cards(thread)[0])
    assert not club.olga.user.dm_channel.history()


async def test_asking_about_a_message(ready: Club, questions) -> None:
    club = ready
    message = await club.bob.send(club.papers, "Transformers are *not* robots")
    form = await club.alice.context_menu(club.papers, "Ask about this", message)
    assert form.modal is not None
    assert form.modal["title"] == "About: Transformers are *not* robots"
    await fill_in(club.alice, form, **{"Your question": QUESTION})
    (card,) = club.cards(questions)
    assert f"{club.papers.id}/{message.id}" in text_of(card)
