"""AMAs from their opening to their document: what is kept, and what may be published."""

from dataclasses import replace

import frontmatter
import pytest

from bot.communities.service import Actor
from bot.core.errors import Repeated, UserError
from bot.core.post import Button
from bot.questions.ama.documents import Exported
from bot.questions.handlers.ama import AmaHandlers
from bot.questions.submissions import Asked, Draft
from bot.questions.views import AmaView
from tests.conftest import FakeClock
from tests.group import HOUR, Group, raised, text_of
from tests.questions.reader import rebuilt


class Sessions:
    """What people do in the sessions of a group."""

    def __init__(self, group: Group, clock: FakeClock) -> None:
        self.group, self.clock = group, clock
        self._sent = 0

    @property
    def amas(self):  # type: ignore[no-untyped-def]
        return self.group.app.amas

    def actor(self, name: str) -> Actor:
        return Actor("test", self.group.name, name, name=name.title())

    async def open(self, guest: str = "mina", **options: object) -> AmaView:
        given = {"guest_ref": guest, "guest_name": guest.title(), "title": "Ask Mina"} | options
        return await self.amas.open(self.group.organiser, **given)

    def _key(self) -> str:
        self._sent += 1
        return f"sent {self._sent}"

    async def ask(
        self, ama: AmaView, who: str, title: str, *, unnamed: bool = False, **more: object
    ) -> int:
        """Ask; what is unnamed is approved. Returns the question's id."""
        self.clock.advance(hours=1)  # there is a pause between two questions
        draft = Draft(title=title, anonymous=unnamed, ama_id=ama.id, **more)  # type: ignore[arg-type]
        asked = await self.group.app.question_submissions.ask(self.actor(who), draft, self._key())
        assert isinstance(asked, Asked)
        if asked.question is not None:
            return asked.question.id
        await self.group.app.tick()
        approve = self.group.notices()[-1].post.buttons[0]
        assert isinstance(approve, Button)
        waiting = int(approve.argument.rpartition(".")[2])
        await self.group.app.question_reviews.approve(self.group.organiser, waiting)
        return waiting

    async def answer(self, question: int, who: str, text: str) -> None:
        await self.group.app.answers.answer(self.actor(who), question, text, key=self._key())

    async def agree(self, *names: str, unnamed: bool = False, agreed: bool = True) -> None:
        for who in names:
            await self.group.app.ama_consent.agree(
                self.actor(who), anonymous=unnamed, agreed=agreed
            )

    async def note(self, text: str, **where: int) -> None:
        await self.group.app.ama_documents.note(self.group.organiser, text, **where)

    async def export(self, ama: AmaView) -> Exported:
        return await self.group.app.ama_documents.export(self.group.organiser, ama.id, jekyll=True)

    async def said(self, ama: AmaView):  # type: ignore[no-untyped-def]
        """What the document says: its notes and its questions, with all that is below them."""
        _, notes, questions = rebuilt(frontmatter.loads((await self.export(ama)).text).content)
        return notes, questions


@pytest.fixture
def sessions(group: Group, clock: FakeClock) -> Sessions:
    return Sessions(group, clock)


def text(*lines: str) -> list[list[str]]:
    """A text of paragraphs with one line each."""
    return [[line] for line in lines]


# The document


async def test_what_three_people_said_comes_back_from_the_document(sessions: Sessions) -> None:
    ama = await sessions.open()
    why = await sessions.ask(ama, "alice", "왜 박사 과정을 선택했나요?", details="정말 궁금해요.")
    lab = await sessions.ask(ama, "bob", "Which lab?", parent_id=why)
    city = await sessions.ask(ama, "carla", "Why that city?", unnamed=True, parent_id=lab)
    pay = await sessions.ask(ama, "carla", "Does it pay?")
    for who in ("alice", "bob"):
        await sessions.group.app.followers.me_too(sessions.actor(who), pay)
    for who, korean in (
        ("mina", "연구가 좋아서요.\n\n정말로요."),
        ("bob", "우연히요."),
        ("dan", "몰라요."),
    ):
        await sessions.answer(why, who, korean)
        for question in (lab, city, pay):
            await sessions.answer(question, who, f"{who} on {question} 🙂")
    await sessions.note("We met in Berlin.", ama_id=ama.id)
    await sessions.note("Alice is in her {{ second }} year.", question_id=why)
    await sessions.agree("alice", "bob", "carla", "dan", "mina")
    await sessions.agree("carla", unnamed=True)
    notes, (first, second) = await sessions.said(ama)

    def three(question: int) -> list[tuple[str, list[list[str]]]]:
        return [(who.title(), text(f"{who} on {question} 🙂")) for who in ("mina", "bob", "dan")]

    assert notes == [text("We met in Berlin.")]
    assert first == ("Does it pay?", "Carla", text(""), three(pay), [], []), "most want that one"
    assert second == (
        "왜 박사 과정을 선택했나요?",
        "Alice",
        text("정말 궁금해요."),
        [
            ("Mina", text("연구가 좋아서요.", "정말로요.")),
            ("Bob", text("우연히요.")),
            ("Dan", text("몰라요.")),
        ],
        [text("Alice is in her {{ second }} year.")],
        [
            (
                "Which lab?",
                "Bob",
                text(""),
                three(lab),
                [],
                [("Why that city?", "a member", text(""), three(city), [], [])],
            )
        ],
    )


async def test_what_was_not_agreed_to_is_nowhere_in_the_document(sessions: Sessions) -> None:
    ama = await sessions.open()
    secret = await sessions.ask(ama, "alice", "Secretone?", details="Secrettwo.")
    await sessions.note("Secretthree.", question_id=secret)
    unnamed = await sessions.ask(ama, "bob", "Secretfour?", unnamed=True)
    follow_up = await sessions.ask(ama, "bob", "And then?", parent_id=secret)
    for question in (secret, unnamed, follow_up):
        await sessions.answer(question, "mina", f"Published {question}.")
        await sessions.answer(question, "carla", "Secretfive.")
    await sessions.agree("mina", "bob")
    await sessions.agree("carla", agreed=False)
    exported = await sessions.export(ama)
    assert "ecret" not in exported.text
    for name in ("Alice", "Carla"):
        assert name not in exported.text
    # A follow-up of an unpublished question stands by itself.
    _, questions = await sessions.said(ama)
    answers = [("Mina", text(f"Published {follow_up}."))]
    assert questions == [("And then?", "Bob", text(""), answers, [], [])]
    assert (exported.questions, exported.held_back) == (1, 2 + 3)


async def test_consent_counts_for_what_was_and_will_be_written_until_it_is_taken_back(
    sessions: Sessions,
) -> None:
    ama = await sessions.open()
    await sessions.agree("mina", "alice")
    why = await sessions.ask(ama, "alice", "Why maths?")
    await sessions.answer(why, "mina", "Because.")
    assert (await sessions.export(ama)).questions == 1
    await sessions.agree("alice", agreed=False)
    assert (await sessions.export(ama)).questions == 0
    await sessions.agree("alice")
    await sessions.agree("mina", agreed=False)
    assert (await sessions.export(ama)).questions == 0, "nobody's answer may be published"


@pytest.mark.parametrize("unnamed", [False, True])
async def test_a_consent_that_comes_late_and_again_publishes_nothing(
    sessions: Sessions, unnamed: bool
) -> None:
    ama = await sessions.open()
    await sessions.ask(ama, "alice", "Why maths?", unnamed=unnamed)
    yes = replace(sessions.actor("alice"), request="yes")
    await sessions.group.app.ama_consent.agree(yes, anonymous=unnamed, agreed=True)
    await sessions.agree("alice", unnamed=unnamed, agreed=False)
    await raised(
        sessions.group.app.ama_consent.agree(yes, anonymous=unnamed, agreed=True), Repeated
    )
    assert (await sessions.export(ama)).held_back == 1


async def test_what_is_unnamed_has_a_consent_of_its_own(sessions: Sessions) -> None:
    ama = await sessions.open()
    named = await sessions.ask(ama, "alice", "By name?")
    unnamed = await sessions.ask(ama, "alice", "By nobody?", unnamed=True)
    for question in (named, unnamed):
        await sessions.answer(question, "mina", "Yes.")
    await sessions.agree("mina")
    await sessions.agree("alice")
    assert [one[0] for one in (await sessions.said(ama))[1]] == ["By name?"]
    await sessions.agree("alice", agreed=False)
    await sessions.agree("alice", unnamed=True)
    assert [one[:2] for one in (await sessions.said(ama))[1]] == [("By nobody?", "a member")]


async def test_whoever_does_not_answer_the_consent_question_has_not_agreed(
    sessions: Sessions,
) -> None:
    ama = await sessions.open()
    alice = sessions.actor("alice")
    first = await sessions.group.app.ama_consent.consent(alice, anonymous=False)
    again = await sessions.group.app.ama_consent.consent(alice, anonymous=False)
    assert (first.first, first.agreed) == (True, None)
    assert (again.first, again.agreed) == (False, None)
    await sessions.ask(ama, "alice", "Why maths?")
    assert (await sessions.export(ama)).held_back == 1


async def test_hidden_questions_and_answers_are_not_published(sessions: Sessions) -> None:
    ama = await sessions.open()
    await sessions.agree("mina", "alice", "bob")
    shown = await sessions.ask(ama, "alice", "Shown?")
    hidden = await sessions.ask(ama, "alice", "Hidden?")
    for question in (shown, hidden):
        await sessions.answer(question, "mina", "Yes.")
    await sessions.answer(shown, "bob", "Rude.")
    await sessions.group.app.moderation.hide(sessions.group.organiser, hidden)
    await sessions.group.app.moderation.hide_answer(sessions.group.organiser, 3)
    exported = await sessions.export(ama)
    assert "Hidden?" not in exported.text
    assert "Rude." not in exported.text
    assert (exported.questions, exported.held_back) == (1, 0)


# The session


async def test_answer_next_goes_by_votes_then_by_age(sessions: Sessions) -> None:
    ama = await sessions.open()
    asked = [await sessions.ask(ama, "alice", f"Question {number}?") for number in range(4)]
    for voter in ("bob", "carla"):
        await sessions.group.app.followers.me_too(sessions.actor(voter), asked[2])
    await sessions.group.app.followers.me_too(sessions.actor("bob"), asked[3])
    order = []
    while (question := await sessions.amas.next(sessions.actor("mina"), ama.id)) is not None:
        order.append(question.id)
        await sessions.answer(question.id, "mina", "Yes.")
    assert order == [asked[2], asked[3], asked[0], asked[1]]


async def test_what_others_have_answered_is_still_for_the_guest(sessions: Sessions) -> None:
    ama = await sessions.open()
    why = await sessions.ask(ama, "alice", "Why maths?")
    await sessions.answer(why, "bob", "For the beauty.")
    question = await sessions.amas.next(sessions.actor("mina"), ama.id)
    assert question is not None
    assert question.id == why


async def test_a_session_ends_at_its_time_also_if_the_bot_was_away(
    sessions: Sessions, clock: FakeClock
) -> None:
    group = sessions.group
    ama = await sessions.open(until="23:00")
    until = ama.until
    assert until is not None
    assert await sessions.amas.advance_due() == until
    await group.bot.sleep_until(until + 100 * HOUR)
    assert await sessions.amas.advance_due() is None
    await group.bot.application.tick()
    (summary,) = group.bot.world.titled("AMA summary")
    assert "Nobody asked anything." in text_of(summary.post)
    (card,) = group.bot.world.titled("Ask me anything")
    assert "This AMA is closed." in text_of(card.post)
    with pytest.raises(UserError, match="This AMA is closed"):
        await sessions.amas.show(sessions.actor("alice"), ama.id)


async def test_the_summary_names_what_was_answered_those_most_wanted_first(
    sessions: Sessions,
) -> None:
    ama = await sessions.open()
    asked = [await sessions.ask(ama, "alice", f"Question {number}?") for number in range(3)]
    await sessions.group.app.followers.me_too(sessions.actor("bob"), asked[1])
    for question in asked[:2]:
        await sessions.answer(question, "mina", "Yes.")
    await sessions.answer(asked[1], "bob", "No.")
    await sessions.group.app.tick()
    await sessions.amas.close(sessions.group.organiser)
    await sessions.group.app.tick()
    (summary,) = sessions.group.bot.world.titled("AMA summary: Ask Mina")
    assert summary.post.details == ("**Question 1?** · 2 answers\n**Question 0?** · 1 answer",)
    assert summary.post.text.startswith("Answered: 2 of 3 questions. → <#")


async def test_nobody_reaches_the_sessions_of_another_group(sessions: Sessions) -> None:
    ama = await sessions.open()
    other = Group(sessions.group.bot, "other")
    await other.set_up()
    amas, documents, organiser = sessions.amas, sessions.group.app.ama_documents, other.organiser
    for attempt in (
        amas.show(organiser, ama.id),
        amas.next(organiser, ama.id),
        documents.note(organiser, "Mine.", ama_id=ama.id),
        documents.export(organiser, ama.id, jekyll=True),
    ):
        assert "I don't know that AMA." in str(await raised(attempt, UserError))
    assert "No AMA is open" in str(await raised(amas.close(organiser), UserError))
    assert await documents.titles(organiser) == {}
    assert await documents.questions(organiser) == []


@pytest.mark.parametrize("title", ["", "?!", "🙂", "x" * 201])
async def test_a_session_needs_a_title_that_can_be_shown(sessions: Sessions, title: str) -> None:
    refused = await raised(sessions.open(title=title), UserError)
    assert "title" in str(refused)


async def test_sessions_are_listed_the_latest_first(sessions: Sessions) -> None:
    for title in ("Ask Mina", "미나에게", "ASK MINA again"):
        await sessions.open(title=title)
        await sessions.amas.close(sessions.group.organiser)
    found = await sessions.group.app.ama_documents.titles(sessions.group.organiser)
    assert list(found.values()) == ["ASK MINA again", "미나에게", "Ask Mina"]
    app = sessions.group.app
    handlers = AmaHandlers(app.amas, app.ama_documents, app.answers, app.question_settings)
    offered = await handlers.titles_like(sessions.group.organiser, "mina")
    assert [title for title, _ in offered] == ["ASK MINA again", "Ask Mina"]
