"""Sessions with a guest, as members, the guest and organisers meet them."""

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from tests.asking import UNNAMED
from tests.people import Club, Message, buttons_of, fields_of, fill_in, message_of, reply, text_of

TITLE = "Ask Mina about her PhD"
CLOSED = "This AMA is closed. Ask everyone with `/ask`."


@pytest.fixture
def mina(club: Club) -> MemberActor:
    """The guest."""
    return club.add_member("mina")


@pytest.fixture
async def session(ready: Club, questions: ChannelHandle, mina: MemberActor) -> ChannelHandle:
    """The thread of a session that is open; nobody has to wait between two questions."""
    club = ready
    await club.application.question_settings.set(
        club.actor(club.olga, organiser=True), cooldown_minutes=0
    )
    await open_session(club, mina)
    (thread,) = questions.threads
    return thread


async def open_session(club: Club, guest: MemberActor, **options: str) -> InteractionResult:
    given = {"guest": guest, "title": TITLE} | options
    return await club.olga.slash(club.papers, "ama open", **given)


async def ask(who: MemberActor, card: Message, title: str, **typed: object) -> InteractionResult:
    """By the button on the session's card."""
    form = await who.click(card, label="Ask a question")
    return await fill_in(who, form, **({"Your question": title} | typed))


async def answer(
    who: MemberActor, shown: Message, text: str, label: str = "Answer"
) -> InteractionResult:
    form = await who.click(shown, label=label)
    return await fill_in(who, form, **{"Your answer": text})


def session_card(club: Club, questions: ChannelHandle) -> discord.Message:
    return club.card("Ask me anything", questions)


def pinged(club: Club) -> list[set[int]]:
    """Whom each message has notified, if anybody."""
    return [
        set(request.json["allowed_mentions"]["users"])
        for request in club.env.http_requests
        if isinstance(request.json, dict) and request.json.get("allowed_mentions", {}).get("users")
    ]


def same_as(form: InteractionResult, question: str) -> dict[str, str]:
    """The choice of this question in the form that merges."""
    options = fields_of(form)["Same question as"]["options"]
    (chosen,) = (option["value"] for option in options if option["label"] == question)
    return {"Same question as": chosen}


def first_reply(result: InteractionResult) -> str:
    assert result.response is not None
    return text_of(result.response)


# Opening


async def test_a_session_is_a_card_with_a_thread_and_one_ping_for_the_guest(
    ready: Club, questions, mina, start
) -> None:
    club = ready
    said = reply(await open_session(club, mina))
    assert said == f"Opened: “{TITLE}” in <#{questions.id}>. End it with `/ama close`."
    (card,) = club.cards(questions)
    assert text_of(card).splitlines() == [
        f"### Ask me anything: {TITLE}",
        f"<@{mina.id}> answers your questions in the thread. Press *Me too* to move a question up.",
        "-# Answer next is for the guest: it picks the question most people want answered.",
    ]
    assert list(buttons_of(card)) == ["Ask a question", "Answer next"]
    (thread,) = questions.threads
    assert thread.name == f"AMA: {TITLE}"
    (welcome,) = club.cards(thread)
    assert text_of(welcome).splitlines()[:2] == [f"<@{mina.id}>", "### Welcome"]
    assert list(buttons_of(welcome)) == ["Answer next"]
    await club.restart(start())
    await club.application.tick()
    assert pinged(club) == [{mina.id}]


async def test_the_end_is_said_in_full_and_relative(ready: Club, questions, mina, clock) -> None:
    end = int(clock.now().timestamp()) + 5 * 3600  # it is 13:00 in Berlin
    said = reply(await open_session(ready, mina, until="18:00"))
    assert f"It ends <t:{end}:F> (<t:{end}:R>), or earlier with `/ama close`." in said
    assert f"**Open until** <t:{end}:F> (<t:{end}:R>)" in text_of(session_card(ready, questions))


async def test_a_session_closes_by_itself_at_its_end(ready: Club, questions, mina, clock) -> None:
    club = ready
    await open_session(club, mina, until="tomorrow 18:00")
    clock.advance(hours=28, minutes=59)
    await club.application.tick()
    assert "Open until" in text_of(session_card(club, questions))
    clock.advance(minutes=1)
    await club.application.tick()
    assert "This AMA is closed." in text_of(session_card(club, questions))
    assert "Nobody asked anything." in text_of(club.card("AMA summary", questions))
    await club.application.tick()
    assert len(club.cards(questions)) == 2


@pytest.mark.parametrize(
    ("until", "says"),
    [
        ("13 January 2020", "in the past"),
        ("today 9:00", "That time has passed. Choose a later one."),
        ("6", "`06:00` or `18:00`"),
        ("soon", "can't read “soon” as a date"),
    ],
)
async def test_an_end_that_cannot_be_is_refused(
    ready: Club, questions, mina, until: str, says: str
) -> None:
    assert says in reply(await open_session(ready, mina, until=until))
    ready.refused()
    assert not ready.cards(questions)


async def test_a_bot_is_no_guest(ready: Club, questions) -> None:
    robot = ready.guild.add_member(ready.env.create_user("robot", bot=True))
    said = reply(await open_session(ready, robot))
    assert said == "That's a bot, which can't answer. Choose a person."
    ready.refused()
    assert not ready.cards(questions)


async def test_a_session_needs_a_channel_a_title_and_an_organiser(club: Club, mina) -> None:
    assert "`/settings questions`" in reply(await open_session(club, mina))
    assert "needs a title" in reply(await open_session(club, mina, title="?!"))
    said = reply(await club.alice.slash(club.papers, "ama open", guest=mina, title=TITLE))
    assert "organiser" in said
    for command in ("close", "export", "note"):
        option = {"export": {"ama": "1"}, "note": {"text": "x"}}.get(command, {})
        assert "organiser" in reply(await club.alice.slash(club.papers, f"ama {command}", **option))
    club.refused()


async def test_there_is_one_session_at_a_time(session, ready: Club, questions) -> None:
    club = ready
    said = reply(await open_session(club, club.bob, title="Ask Bob"))
    assert said == f"“{TITLE}” is still open. Close it first with `/ama close`."
    club.refused()
    await club.olga.slash(club.papers, "ama close")
    assert "Opened: “Ask Bob”" in reply(await open_session(club, club.bob, title="Ask Bob"))
    assert len(questions.threads) == 2


# Asking


async def test_a_question_by_name_comes_into_the_thread(session, ready: Club, questions) -> None:
    club = ready
    form = await club.alice.click(session_card(club, questions), label="Ask a question")
    assert form.modal is not None
    assert form.modal["title"] == f"Ask: {TITLE}"
    assert list(fields_of(form)) == ["Your question", "Details", "Options"]
    said = await fill_in(club.alice, form, **{"Your question": "Why maths?", "Details": "And how?"})
    assert first_reply(said).startswith(f"Posted as question 1 in <#{session.id}>.")
    _, card = club.cards(session)
    assert text_of(card).splitlines() == [
        "### Why maths?",
        f"Question 1 · AMA · asked by <@{club.alice.id}>",
        "And how?",
        "0 answers",
    ]
    assert list(buttons_of(card)) == ["Answer", "Me too", "Follow"]
    assert len(questions.threads) == 1


async def test_unnamed_questions_are_decided_on_in_the_organisers_channel(
    session, ready: Club, questions, start
) -> None:
    club = ready
    office = club.guild.create_text_channel("office")
    await club.set_up(organisers=office, questions=questions)
    card = session_card(club, questions)
    for title in ("Why maths?", "Why physics?", "You fool?"):
        said = await ask(club.alice, card, title, Options=UNNAMED)
        assert first_reply(said).startswith(
            "Thanks, I have your question. Members and organisers won't see who asked;"
        )
    assert len(club.cards(session)) == 1, "nobody has looked at them yet"
    maths, physics, fool = club.cards(office)
    assert text_of(maths).splitlines() == [
        "### Why maths?",
        f"AMA · asked by an anonymous member · for {TITLE}",
        "-# Post this question?",
    ]
    assert list(buttons_of(maths)) == ["Approve", "Merge", "Decline"]
    await club.restart(start())
    assert "organiser" in reply(await club.alice.click(maths, label="Approve"))
    await club.olga.click(maths, label="Approve")
    (_, posted) = club.cards(session)
    assert "asked by an anonymous member" in text_of(posted)
    form = await club.olga.click(physics, label="Merge")
    await fill_in(club.olga, form, **same_as(form, "1 · Why maths?"))
    await club.olga.click(fool, label="Decline")
    await club.application.tick()
    assert [text_of(one).splitlines()[-1] for one in club.cards(office)] == [
        f"-# Approved by <@{club.olga.id}>",
        f"-# Merged into 1 by <@{club.olga.id}>",
        f"-# Declined by <@{club.olga.id}>",
    ]
    assert not any(buttons_of(one) for one in club.cards(office))
    assert len(club.cards(session)) == 2
    told = [text_of(one).splitlines()[:2] for one in club.alice.user.dm_channel.history()]
    assert told == [
        ["### Your question: Why maths?", "It's posted."],
        [
            "### Your question: Why physics?",
            f"It has been asked already: **1 · Why maths?** → <#{session.id}>",
        ],
        ["### Your question: You fool?", "The organisers decided not to post it."],
    ]


async def test_without_a_channel_of_theirs_organisers_decide_in_a_direct_message(
    session, ready: Club, questions
) -> None:
    club = ready
    await ask(club.alice, session_card(club, questions), "Why maths?", Options=UNNAMED)
    (review,) = club.olga.user.dm_channel.history()
    approved = await club.olga.user.click(review, label="Approve")
    assert "Posted: " in text_of(message_of(approved))
    assert "Why maths?" in text_of(club.cards(session)[-1])
    await ask(club.bob, session_card(club, questions), "Why sums?", Options=UNNAMED)
    (_, review) = club.olga.user.dm_channel.history()
    form = await club.olga.user.click(review, label="Merge")
    merged = await fill_in(club.olga.user, form, **same_as(form, "1 · Why maths?"))
    assert text_of(message_of(merged)) == "Merged. I'll tell its author."


async def test_merge_lists_questions_of_the_same_session_only(
    session, ready: Club, questions, mina
) -> None:
    club = ready
    form = await club.alice.slash(club.papers, "ask")
    await fill_in(club.alice, form, **{"Your question": "Where is the library?"})
    await ask(club.alice, session_card(club, questions), "An earlier session's?")
    await club.olga.slash(club.papers, "ama close")
    await open_session(club, mina, title="Ask Mina again")
    again = club.card("Ask Mina again", questions)
    await ask(club.alice, again, "Why maths?", Options=UNNAMED)
    (review,) = club.olga.user.dm_channel.history()
    nothing = await club.olga.user.click(review, label="Merge")
    assert "no other question yet" in text_of(message_of(nothing))
    await ask(club.bob, again, "Why sums?")
    form = await club.olga.user.click(review, label="Merge")
    assert [one["label"] for one in fields_of(form)["Same question as"]["options"]] == [
        "3 · Why sums?"
    ]


# Answering


async def test_the_guest_answers_by_votes_until_all_is_answered(
    session, ready: Club, questions, mina
) -> None:
    club = ready
    card = session_card(club, questions)
    for title in ("First?", "Wanted?", "Third?"):
        await ask(club.alice, card, title)
    wanted = club.card("Wanted?", session)
    said = await club.bob.click(wanted, label="Me too")
    assert reply(said).startswith("Noted: *Me too* from 1 person so far.")
    await ask(mina, card, "And you?")  # what the guest asks is for the others
    (welcome, *_) = club.cards(session)
    said = await answer(mina, welcome, "Because.", label="Answer next")
    assert first_reply(said).startswith("Posted in")
    assert f"Answer to question 2\nBecause.\nby <@{mina.id}>" in text_of(club.cards(session)[-1])
    said = await answer(mina, card, "Hm.", label="Answer next")
    assert list(buttons_of(message_of(said))) == ["Answer next"]
    assert "Answer to question 1\nHm." in text_of(club.cards(session)[-1])
    said = await answer(mina, message_of(said), "No.", label="Answer next")
    assert "Answer to question 3\nNo." in text_of(club.cards(session)[-1])
    done = await mina.click(message_of(said), label="Answer next")
    assert reply(done) == "All questions are answered. New ones appear in the thread."
    await ask(club.bob, card, "One more?")
    form = await mina.click(message_of(said), label="Answer next")
    assert form.modal is not None
    assert form.modal["title"] == "Answer to question 5"


async def test_the_form_shows_the_guest_what_is_asked(
    session, ready: Club, questions, mina
) -> None:
    card = session_card(ready, questions)
    await ask(ready.alice, card, "Why *maths*?", Details="And how?")
    form = await mina.click(card, label="Answer next")
    assert form.modal is not None
    assert form.modal["components"][0]["content"] == "**Why \\*maths\\*?**\nAnd how?"


async def test_answer_next_is_for_the_guest_only(session, ready: Club, questions) -> None:
    club = ready
    card = session_card(club, questions)
    await ask(club.alice, card, "Why maths?")
    for who in (club.bob, club.olga):
        said = reply(await who.click(card, label="Answer next"))
        assert said.startswith("Only the guest can use that button. Everyone can use *Answer*")


async def test_others_answer_too_and_follow_up(session, ready: Club, questions, mina) -> None:
    club = ready
    card = session_card(club, questions)
    await ask(club.alice, card, "Why maths?")
    asked = club.card("Why maths?", session)
    await answer(club.bob, asked, "For the beauty.")
    await answer(mina, asked, "For the rigour.")
    given = club.card("For the rigour.", session)
    assert list(buttons_of(given)) == ["Upvote", "Accept", "Follow up"]
    form = await club.bob.click(given, label="Follow up")
    assert form.modal is not None
    assert form.modal["title"] == "Follow up: Why maths?"
    await fill_in(club.bob, form, **{"Your question": "And physics?"})
    follow_up = club.card("And physics?", session)
    assert f"asked by <@{club.bob.id}>" in text_of(follow_up)
    await answer(mina, card, "That, too.", label="Answer next")
    assert "Answer to question 2\nThat, too." in text_of(club.cards(session)[-1])


# Closing


async def test_closing_says_what_came_of_it(session, ready: Club, questions, mina) -> None:
    club = ready
    card = session_card(club, questions)
    for title in ("First?", "Second?"):
        await ask(club.alice, card, title)
    await answer(mina, card, "Because.", label="Answer next")
    before = len(pinged(club))
    said = reply(await club.olga.slash(club.papers, "ama close"))
    assert said == (
        f"Closed: “{TITLE}”. Answered: 1 of 2 questions. Get it as a document with `/ama export`."
    )
    summary = club.card("AMA summary", questions)
    assert text_of(summary).splitlines() == [
        f"### AMA summary: {TITLE}",
        f"Answered: 1 of 2 questions. → <#{session.id}>",
        f"Thank you, <@{mina.id}>, and everyone who asked and answered.",
        "**First?** · 1 answer",
    ]
    await club.application.tick()
    card = session_card(club, questions)
    assert "**This AMA is closed.** Its thread stays." in text_of(card)
    assert not buttons_of(card)
    assert len(pinged(club)) == before
    said = reply(await club.olga.slash(club.papers, "ama close"))
    assert said == "No AMA is open. An organiser can open one with `/ama open`."
    club.refused()


async def test_in_a_forum_a_session_is_a_post_and_its_summary_is_one(club: Club, mina) -> None:
    forum = club.guild.create_forum_channel("questions")
    await club.set_up(questions=forum)
    await open_session(club, mina)
    (thread,) = forum.threads
    card, welcome = club.cards(thread)
    assert "### Ask me anything" in text_of(card)
    assert "### Welcome" in text_of(welcome)
    await ask(club.alice, card, "Why maths?")
    assert "Why maths?" in text_of(club.cards(thread)[-1])
    await club.olga.slash(club.papers, "ama close")
    summary = next(one for one in forum.threads if one.id != thread.id)
    assert summary.name == f"AMA summary: {TITLE}"
    assert f"→ <#{thread.id}>" in text_of(club.cards(summary)[0])


async def test_buttons_work_after_a_restart_and_explain_themselves_after_the_close(
    session, ready: Club, questions, mina, start
) -> None:
    club = ready
    card = session_card(club, questions)
    await ask(club.alice, card, "Why maths?")
    asked = club.card("Why maths?", session)
    await answer(club.bob, asked, "For the beauty.")
    given = club.card("For the beauty.", session)
    await club.restart(start())
    await ask(club.bob, card, "Why sums?")
    await answer(mina, card, "Because.", label="Answer next")
    form = await club.bob.click(given, label="Follow up")
    late = await club.alice.click(card, label="Ask a question")
    await club.olga.slash(club.papers, "ama close")
    # Forms that were open when it closed give back what was typed.
    for who, opened in ((club.bob, form), (club.alice, late)):
        refused = await fill_in(who, opened, **{"Your question": "Too late?"})
        assert CLOSED in reply(refused)
        assert list(buttons_of(message_of(refused))) == ["Edit and send again"]
    club.refused()
    await club.restart(start())
    assert await club.press(club.bob, buttons_of(card)["Ask a question"]) == CLOSED
    assert reply(await club.bob.click(given, label="Follow up")) == CLOSED
    # What was asked in time can still be answered, wanted and upvoted.
    said = await answer(mina, club.cards(session)[0], "At last.", label="Answer next")
    assert first_reply(said).startswith("Posted in")
    assert reply(await club.bob.click(asked, label="Me too")).startswith("Noted")
    assert reply(await club.alice.click(given, label="Upvote")).startswith("Upvoted:")


# Whether it may be published


def consent_of(result: InteractionResult) -> str:
    """What is asked after what was sent; nothing, the second time."""
    return text_of(result.followups[-1]) if result.followups else ""


async def test_consent_is_asked_once_and_apart_for_what_is_unnamed(
    session, ready: Club, questions, mina
) -> None:
    club = ready
    card = session_card(club, questions)
    by_name = await ask(club.alice, card, "Why maths?")
    assert consent_of(by_name) == (
        "May the organisers publish what you write under your name in AMAs, as part of an "
        "interview? It isn't published unless you agree. Change your mind with `/ama consent`."
    )
    assert list(buttons_of(message_of(by_name))) == ["Yes, publish it", "No"]
    assert consent_of(await ask(club.alice, card, "Why sums?")) == ""
    unnamed = await ask(club.alice, card, "Why tears?", Options=UNNAMED)
    assert "what you write anonymously in AMAs" in consent_of(unnamed)
    assert consent_of(await ask(club.alice, card, "Why fears?", Options=UNNAMED)) == ""
    said = await answer(mina, card, "Because.", label="Answer next")
    assert "under your name" in consent_of(said)
    assert consent_of(await answer(mina, card, "So.", label="Answer next")) == ""
    said = await answer(club.bob, club.card("Why maths?", session), "For the beauty.")
    assert "under your name" in consent_of(said)


async def test_consent_is_changed_by_buttons_and_by_the_command(
    session, ready: Club, questions, start
) -> None:
    club = ready
    asked = await ask(club.alice, session_card(club, questions), "Why tears?", Options=UNNAMED)
    await club.restart(start())
    said = await club.alice.click(message_of(asked), label="Yes, publish it")
    assert reply(said) == (
        "Agreed: what you write anonymously in AMAs may be published. "
        "Change it with `/ama consent`."
    )
    said = await club.alice.click(message_of(asked), label="No")
    assert "anonymously in AMAs won't be published." in reply(said)
    said = await club.alice.slash(club.papers, "ama consent", agree=True)
    assert reply(said).startswith("Agreed: what you write under your name")
    said = await club.alice.slash(club.papers, "ama consent", agree=True, anonymous=True)
    assert reply(said).startswith("Agreed: what you write anonymously")


# The document


async def export(club: Club, form: str = "jekyll") -> tuple[str, str, str]:
    """What is said of it, the file's name, and its text."""
    (session,) = await club.olga.autocomplete(club.papers, "ama export", "ama", "mina")
    result = await club.olga.slash(club.papers, "ama export", ama=session["value"], form=form)
    (file,) = message_of(result).attachments
    return reply(result), file.filename, (await file.read()).decode()


async def test_the_document_holds_what_was_agreed_to(session, ready: Club, questions, mina) -> None:
    club = ready
    card = session_card(club, questions)
    asked = await ask(club.alice, card, "왜 수학인가요?")
    kept_back = await ask(club.bob, card, "Why sums?")
    said = await answer(mina, card, "아름다워서요.", label="Answer next")
    await answer(club.bob, club.card("왜 수학", session), "For the rigour.")
    for who, consent in ((club.alice, asked), (mina, said)):
        await who.click(message_of(consent), label="Yes, publish it")
    await club.bob.click(message_of(kept_back), label="No")
    (question,) = await club.olga.autocomplete(club.papers, "ama note", "question", "수학")
    noted = await club.olga.slash(
        club.papers, "ama note", text="She laughs.", question=question["value"]
    )
    assert reply(noted) == "Note added. It's in the document that `/ama export` makes."
    await club.olga.slash(club.papers, "ama note", text="We met in Berlin.")
    said, file, text = await export(club)
    assert said == (
        "The document has 1 question with its answers. 2 questions and answers are left out, as "
        "their authors haven't agreed to publish it. They can with `/ama consent`."
    )
    assert file == "2026-01-05-ask-mina-about-her-phd.md"
    assert text == (
        "---\nlayout: post\ntitle: Ask Mina about her PhD\n"
        "date: 2026-01-05 13:00:00 +0100\nguest: mina\ncategories:\n- interview\n---\n\n"
        "*An interview with mina.*\n\n> *Editor's note:* We met in Berlin.\n\n"
        "## 왜 수학인가요?\n\n*asked by alice*\n\n**mina:**\n\n아름다워서요.\n\n"
        "> *Editor's note:* She laughs.\n"
    )
    await club.bob.slash(club.papers, "ama consent", agree=True)
    said, _, text = await export(club, "plain")
    assert said == "The document has 1 question with its answers."
    assert text.startswith(f"# {TITLE}\n\n*An interview with mina.*\n")
    assert "**bob:**\n\nFor the rigour." in text
    await club.alice.slash(club.papers, "ama consent", agree=False)
    said, _, text = await export(club)
    assert said.startswith("The document is empty: no question with an answer may be published")
    assert "왜 수학" not in text


async def test_a_note_belongs_to_a_session(ready: Club, questions, mina) -> None:
    club = ready
    said = await club.olga.slash(club.papers, "ama note", text="We met in Berlin.")
    assert reply(said) == "There hasn't been an AMA yet. Open one with `/ama open`."
    form = await club.alice.slash(club.papers, "ask")
    await fill_in(club.alice, form, **{"Your question": "Where is the library?"})
    said = await club.olga.slash(club.papers, "ama note", text="Here.", question="1")
    assert reply(said) == "That question doesn't belong to an AMA. Choose one from the list."
    club.refused()
