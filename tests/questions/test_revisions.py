"""Authors edit and delete what they wrote; what others see follows, and what is theirs stays."""

import pytest

from bot.core.errors import UserError
from bot.questions.search import Filter
from bot.questions.submissions import Asked, Draft
from bot.questions.views import QuestionView
from tests.group import HOUR, Bot, Group, raised, text_of

CHANNEL = "club-questions"


class Circle:
    """What people do, each thing carried through to the messages."""

    def __init__(self, group: Group) -> None:
        self.group, self.app, self.world = group, group.app, group.bot.world
        self._count = 0

    async def ask(self, who: str, title: str, **typed: object) -> None:
        self._count += 1
        draft = Draft(title=title, **typed)  # type: ignore[arg-type]
        await self.app.question_submissions.ask(self.group.member(who), draft, f"{self._count}")
        await self.app.tick()

    async def answer(self, who: str, text: str, *, anonymous: bool = False) -> None:
        self._count += 1
        await self.app.answers.answer(
            self.group.member(who), 1, text, anonymous=anonymous, key=f"{self._count}"
        )
        await self.app.tick()

    async def edit(self, who: str, title: str, details: str = "") -> None:
        await self.app.revisions.edit_question(
            self.group.member(who), 1, title=title, details=details
        )
        await self.app.tick()

    async def shown(self) -> QuestionView:
        return (await self.app.question_search.show(self.group.member("eve"), 1)).question

    def card(self) -> str:
        (card,) = [m for m in self.world.within(CHANNEL) if m.mark == 1]
        return text_of(card.post)

    def said(self) -> str:
        """All that anybody can read in the channel and its threads."""
        messages = [text_of(m.post) for m in self.world.messages if ":" not in m.place]
        return "\n".join([*messages, *self.world.threads.values()])


@pytest.fixture
async def circle(group: Group) -> Circle:
    await group.app.question_settings.set(
        group.organiser, cooldown_minutes=0, anonymous_answers=True
    )
    return Circle(group)


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("forum", [False, True])
async def test_an_edit_reaches_all_that_shows_the_question(
    circle: Circle, anonymous: bool, forum: bool
) -> None:
    if forum:
        circle.world.forums.add(CHANNEL)
    await circle.ask("anna", "Where is the laab?", anonymous=anonymous, to="dora")
    await circle.answer("bob", "Downstairs.")
    await circle.app.acceptance.accept(circle.group.organiser, 1)
    await circle.edit("anna", "Where is the lab?", "In Berlin.")
    assert "laab" not in circle.said()
    assert list(circle.world.threads.values()) == ["1 · Where is the lab?"]
    shown = await circle.shown()
    assert (shown.title, shown.details, shown.state) == (
        "Where is the lab?",
        "In Berlin.",
        "answered",
    )
    assert shown.accepted is not None
    found = await circle.app.question_search.search(circle.group.member("eve"), "berlin lab")
    assert [one.number for one in found] == [1]
    assert not await circle.app.question_search.search(circle.group.member("eve"), "laab")
    (card,) = circle.world.titled("✓ Where is the lab?")
    assert " · edited" in card.post.text


@pytest.mark.parametrize("anonymous", [False, True])
async def test_a_deleted_question_is_gone_and_the_answers_of_others_stay(
    circle: Circle, anonymous: bool
) -> None:
    await circle.ask("anna", "A secret plan", anonymous=anonymous, details="Shh.", to="dora")
    await circle.answer("bob", "Good idea.")
    for _ in range(2):
        await circle.app.revisions.delete_question(circle.group.member("anna"), 1)
        await circle.app.tick()
    said = circle.said()
    assert "secret" not in said
    assert "Shh" not in said
    assert "This question was deleted by its author." in said
    assert "1 · deleted by its author" in circle.world.threads.values()
    assert "Good idea." in said
    for member in ("anna", "eve"):
        actor = circle.group.member(member)
        assert not await circle.app.question_search.listed(actor, Filter.MINE)
        assert not await circle.app.question_search.search(actor, "secret")
        assert not await circle.app.question_search.like(actor, "secret")
    answered = circle.app.answers.answer(circle.group.member("bob"), 1, "More.", key="x")
    assert "I don't know that question" in str(await raised(answered, UserError))


async def test_of_a_deleted_question_no_answer_is_accepted_and_nobody_is_pinged(
    circle: Circle,
) -> None:
    """Its addressee isn't pinged, though the platform was away until it was deleted."""
    await circle.ask("alice", "How do I find a lab?")
    await circle.answer("bob", "Write to them.")
    await circle.app.acceptance.accept(circle.group.member("alice"), 1)
    await circle.app.tick()
    assert "✓ Answer to question 1" in circle.said()
    await circle.app.revisions.delete_question(circle.group.member("alice"), 1)
    await circle.app.tick()
    assert "✓" not in circle.said()
    (answer,) = [m for m in circle.world.messages if "Write to them." in text_of(m.post)]
    assert [getattr(button, "label", "") for button in answer.post.buttons] == ["Upvote"]

    circle.world.away()
    await circle.ask("alice", "Do you know one?", to="erin")
    await circle.app.revisions.delete_question(circle.group.member("alice"), 2)
    circle.world.back()
    await circle.group.bot.run_until(circle.group.bot.clock.now() + HOUR)
    assert not [m for m in circle.world.messages if "erin" in m.post.ping_members]


async def test_an_accepted_answer_that_is_edited_stays_accepted(circle: Circle) -> None:
    await circle.ask("anna", "Where is the lab?")
    await circle.answer("bob", "Upstairs.", anonymous=True)
    await circle.app.acceptance.accept(circle.group.member("anna"), 1)
    await circle.app.answers.upvote(circle.group.member("eve"), 1)
    await circle.app.revisions.edit_answer(circle.group.member("bob"), 1, "Downstairs.")
    await circle.app.tick()
    (answer,) = circle.world.titled("✓ Answer to question 1")
    assert answer.post.text == "Downstairs."
    assert "**1 upvote** · edited" in text_of(answer.post)
    assert "Upstairs" not in circle.said()
    assert (
        "Downstairs."
        in (await circle.app.question_search.show(circle.group.member("e"), 1)).answers[0].text
    )


async def test_a_deleted_answer_opens_the_question_again(circle: Circle) -> None:
    await circle.ask("anna", "Where is the lab?")
    await circle.answer("bob", "Upstairs.")
    await circle.app.acceptance.accept(circle.group.member("anna"), 1)
    await circle.app.revisions.delete_answer(circle.group.member("bob"), 1)
    await circle.app.tick()
    assert "Upstairs" not in circle.said()
    assert "This answer was deleted by its author." in circle.said()
    shown = await circle.shown()
    assert (shown.state, shown.answers, shown.accepted) == ("open", 0, None)
    assert not await circle.app.question_search.search(circle.group.member("eve"), "upstairs")


async def test_nobody_changes_what_others_wrote_not_even_organisers(circle: Circle) -> None:
    for anonymous in (False, True):
        await circle.ask("anna", f"Asked {anonymous}?", anonymous=anonymous)
        await circle.answer("bob", f"Told {anonymous}.", anonymous=anonymous)
    revisions = circle.app.revisions
    refusals = set()
    for number in (1, 2):
        for actor in (circle.group.member("eve"), circle.group.organiser):
            refusals |= {
                str(await raised(refused, UserError))
                for refused in (
                    revisions.question(actor, number),
                    revisions.edit_question(actor, number, title="Mine?", details=""),
                    revisions.delete_question(actor, number),
                    revisions.edit_answer(actor, number, "Mine."),
                    revisions.delete_answer(actor, number),
                )
            }
            assert not await revisions.own(actor)
    assert len(refusals) == 1
    assert "Mine" not in circle.said()
    mine = await revisions.own(circle.group.member("anna"), "asked")
    assert [one.target for one in mine] == ["question.2", "question.1"]


async def test_a_question_that_waits_is_edited_and_deleted_on_its_card(
    circle: Circle, bot: Bot
) -> None:
    group = circle.group
    await circle.app.question_settings.set(group.organiser, approval=True)
    await circle.ask("anna", "Where is the laab?", anonymous=True)
    await circle.edit("anna", "Where is the lab?")
    (card,) = group.notices()
    assert card.post.title == "Where is the lab?"
    assert card.post.buttons
    await circle.app.revisions.delete_question(group.member("anna"), 1)
    await circle.app.tick()
    (card,) = group.notices()
    assert "lab" not in text_of(card.post)
    assert "Deleted by its author" in text_of(card.post)
    assert not card.post.buttons
    decided = await raised(circle.app.question_reviews.approve(group.organiser, 1), UserError)
    assert str(decided) == "That question has already been decided."


async def test_organisers_who_approve_hear_of_later_edits(circle: Circle) -> None:
    group = circle.group
    await circle.app.question_settings.set(group.organiser, approval=True)
    await circle.ask("anna", "Where is the lab?", anonymous=True)
    await circle.app.question_reviews.approve(group.organiser, 1)
    await circle.edit("anna", "Who is the worst?")
    assert [one.post.title for one in group.notices()][-1] == "Edited by its author: question 1"


async def test_a_blocked_authors_edit_is_seen_by_nobody_and_told_to_nobody(circle: Circle) -> None:
    group = circle.group
    await circle.ask("anna", "Where is the lab?", anonymous=True)
    await circle.app.moderation.block(group.organiser, question_id=1)
    await circle.edit("anna", "Something rude")
    assert "rude" not in circle.said()
    await circle.app.question_submissions.ask(
        group.member("anna"), Draft(title="More of it", anonymous=True), "later"
    )
    mine = await circle.app.revisions.own(group.member("anna"), "More")
    await circle.app.revisions.edit_question(
        group.member("anna"), int(mine[0].target.split(".")[1]), title="Even more", details=""
    )
    listed = await circle.app.question_search.listed(group.member("anna"), Filter.MINE)
    assert listed[0].title == "Even more"  # as if it waited


async def test_a_draft_is_edited_before_it_is_posted(circle: Circle) -> None:
    await circle.ask("anna", "How do I find a lab in Berlin?")
    await circle.answer("bob", "Ask.")
    await circle.ask("carl", "How does one find a lab in Berlin?")
    await circle.app.revisions.edit_question(
        circle.group.member("carl"), 2, title="How does one find a flat in Berlin?", details=""
    )
    posted = await circle.app.question_submissions.post_draft(circle.group.member("carl"), 2)
    assert isinstance(posted, Asked)
    assert posted.question is not None
    assert posted.question.title == "How does one find a flat in Berlin?"


async def test_a_document_has_the_edited_text_and_nothing_that_was_deleted(circle: Circle) -> None:
    group, app = circle.group, circle.app
    await app.amas.open(group.organiser, guest_ref="mina", guest_name="Mina", title="A PhD")
    for title in ("First questoin", "Second question"):
        await circle.ask("anna", title, ama_id=1)
    for who in ("anna", "mina"):
        await app.ama_consent.agree(group.member(who), anonymous=False, agreed=True)
    for number, text in ((1, "An answr."), (1, "Never mind."), (2, "Yes.")):
        await app.answers.answer(group.member("mina"), number, text, key=f"{number} {text}")
    await circle.edit("anna", "First question")
    await app.revisions.edit_answer(group.member("mina"), 1, "An answer.")
    await app.revisions.delete_answer(group.member("mina"), 2)
    await app.revisions.delete_question(group.member("anna"), 2)
    exported = await app.ama_documents.export(group.organiser, 1, jekyll=False)
    assert "First question" in exported.text
    assert "An answer." in exported.text
    for gone in ("questoin", "answr", "Never mind", "Second", "Yes."):
        assert gone not in exported.text
