"""What members and organisers do with questions; two are exchanged, perhaps, where unnamed."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from bot.app import Application
from bot.communities.calls import Message
from bot.communities.service import Actor
from bot.core.courier import Delivery
from bot.core.errors import UserError
from bot.questions.search import Filter
from bot.questions.submissions import Draft, Similar
from tests.group import DAY, HOUR, MINUTE
from tests.questions.club import OneByOne
from tests.world import Fault

ANNA, ZOE = "anna-4711", "zoe-4712"  # the two; they come first and last where people are sorted
CARL, DORA, GUEST, OLGA = "carl", "dora", "mina", "olga"
PEOPLE = (ANNA, ZOE, ANNA, ZOE, CARL, DORA, GUEST, OLGA)
CHANNEL = "club-questions"
OTHER = {ANNA: ZOE, ZOE: ANNA}
QUESTIONS, ANSWERS, EXPERIENCES = "questions", "answers", "experiences"
TITLES = (
    "How do I find an internship in robotics?",
    "Which papers about transformers are worth reading first?",
    "인턴십 면접은 어떻게 준비하나요?",
    "How is a rebuttal written?",
)
STORY = "I asked around until somebody took me, and learned a lot there. " * 3
TOPICS = ("Papers", "Internships")
WAITS = (MINUTE, 3 * MINUTE, HOUR, 25 * HOUR, 25 * HOUR, 7 * DAY, 15 * DAY)
FAULTS = (*[Fault.NONE] * 6, Fault.LOST, Fault.UNREACHED, Fault.BUSY, Fault.REFUSED, Fault.BUG)

# What may happen, the frequent more than once.
WHAT = (
    *("ask", "ask", "ask", "ask", "post_draft", "answer", "answer", "answer", "me_too", "follow"),
    *("upvote", "accept", "accept_message", "write", "close", "reopen", "still_open", "block"),
    *("unblock", "hide", "show_again", "approve", "decline", "merge", "help", "session", "next"),
    *("note", "consent", "settings", "wait", "wait", "doors", "doors", "faults", "outage"),
    *("retry", "restart", "look", "hand_in", "hand_in", "decide", "decide"),
    *("edit", "edit", "edit_answer", "delete", "delete_answer"),
    *("reopen", "undo_close", "undo_accept", "reconsider", "lock"),
    *("edit_experience", "edit_experience", "delete_experience", "take_down", "take_down"),
    *("reopen_experience", "block_author", "correct", "revert", "reword"),
)


@dataclass(frozen=True)
class Step:
    """Something that happens. What `pick`, `one` and `two` mean depends on `what`."""

    what: str
    who: str = ANNA
    pick: int = 0
    one: bool = False
    two: bool = False


class Doings:
    """Each of `WHAT` is a method; it raises UserError where a person is told that it can't be."""

    def __init__(self, bot: OneByOne, exchanged: frozenset[str]) -> None:
        """`exchanged`: of what, such as `QUESTIONS`, the two are exchanged."""
        self.bot, self.world = bot, bot.world
        self._exchanged = exchanged
        self._askers: dict[int, tuple[str, bool]] = {}  # by question: who, and whether unnamed
        self._answered: list[tuple[int, int]] = []  # answers and their questions
        self._authors: dict[int, tuple[str, bool]] = {}  # by answer: who, and whether unnamed
        self._drafts: list[int] = []
        self._experiences: dict[int, tuple[str, bool]] = {}  # who, and whether unnamed
        self._corrections: list[int] = []
        self._sessions = 0
        self._count = 0
        self._unreachable: set[str] = set()
        self._fault_seed = 0
        self._had: Counter[int] = Counter()
        self.world.fault = self._fault

    @property
    def app(self) -> Application:
        return self.bot.application

    @property
    def organiser(self) -> Actor:
        return self.actor(OLGA)

    def actor(self, who: str, *, unnamed: bool = False, of: str = QUESTIONS) -> Actor:
        """The one who does it: the other one of the two, perhaps, if it is unnamed."""
        ref = OTHER.get(who, who) if unnamed and of in self._exchanged else who
        return Actor("test", "club", ref, organiser=ref == OLGA, name=f"{ref} by name")

    async def do(self, step: Step) -> Any:
        self._count += 1
        act: Callable[[Step], Awaitable[Any]] = getattr(self, step.what)
        return await act(step)

    def _fault(self, delivery: Delivery) -> Fault:
        if delivery.destination in self._unreachable:
            return Fault.UNREACHED
        self._had[delivery.id] += 1
        if not self._fault_seed:
            return Fault.NONE
        number = delivery.id * 7 + self._had[delivery.id] * 3 + self._fault_seed
        return FAULTS[number % len(FAULTS)]

    # What can be pointed at: one of the questions, one of the answers, or nothing that is there.

    def _question(self, step: Step) -> int:
        known = [0, *self._askers] if not self._askers else list(self._askers)
        return known[-1 - step.pick % len(known)]

    def _answer_of(self, step: Step) -> tuple[int, int]:
        known = self._answered or [(0, 0)]
        return known[-1 - step.pick % len(known)]

    def _asker(self, step: Step, question_id: int) -> Actor:
        """Whoever asked, or somebody who tries; about an unnamed question nobody sees who."""
        who, unnamed = self._askers.get(question_id, (step.who, False))
        return self.actor(who if step.one else step.who, unnamed=unnamed)

    async def _newest(self, table: str) -> int:
        async with self.app.database.reading() as session:
            return (await session.execute(text(f"SELECT max(id) FROM {table}"))).scalar_one() or 0

    async def _waiting(self, step: Step) -> int:
        async with self.app.database.reading() as session:
            found = await session.execute(
                text("SELECT id FROM question WHERE state = 'waiting' ORDER BY id")
            )
            ids = [row[0] for row in found] or [0]
        return ids[step.pick % len(ids)]

    # What happens.

    async def ask(self, step: Step) -> Any:
        in_session = step.two and self._sessions > 0
        draft = Draft(
            title=TITLES[step.pick % len(TITLES)],
            details="I have looked around." if step.pick % 2 else "",
            topic="" if in_session else TOPICS[step.pick % 2],
            anonymous=step.one,
            research=step.pick == 11,
            to={7: ANNA, 8: ZOE, 9: DORA}.get(step.pick),
            ama_id=self._sessions if in_session else None,
            parent_id=(self._question(step) or None) if in_session and step.pick % 3 == 0 else None,
        )
        author = self.actor(step.who, unnamed=step.one)
        outcome = await self.app.question_submissions.ask(author, draft, f"ask:{self._count}")
        number = await self._newest("question")
        self._askers[number] = (step.who, step.one)
        if isinstance(outcome, Similar):
            self._drafts.append(number)
        return outcome

    async def post_draft(self, step: Step) -> Any:
        number = self._drafts[step.pick % len(self._drafts)] if self._drafts else 0
        who, unnamed = self._askers.get(number, (step.who, False))
        return await self.app.question_submissions.post_draft(
            self.actor(who, unnamed=unnamed), number
        )

    async def answer(self, step: Step) -> Any:
        number = self._question(step)
        outcome = await self.app.answers.answer(
            self.actor(step.who, unnamed=step.one, of=ANSWERS),
            number,
            f"Answer {self._count}: ask around.",
            anonymous=step.one,
            key=f"answer:{self._count}",
        )
        self._answered.append((await self._newest("answer"), number))
        self._authors[self._answered[-1][0]] = (step.who, step.one)
        return outcome

    async def me_too(self, step: Step) -> Any:
        number = self._question(step)
        return await self.app.followers.me_too(self.actor(step.who), number, wanted=step.one)

    async def follow(self, step: Step) -> Any:
        number = self._question(step)
        return await self.app.followers.follow(self.actor(step.who), number, wanted=step.one)

    async def upvote(self, step: Step) -> Any:
        answer_id, _ = self._answer_of(step)
        return await self.app.answers.upvote(self.actor(step.who), answer_id, wanted=step.one)

    async def accept(self, step: Step) -> Any:
        answer_id, number = self._answer_of(step)
        return await self.app.acceptance.accept(self._asker(step, number), answer_id)

    async def _thread(self, number: int) -> str:
        page = await self.app.question_search.show(self.organiser, number)
        return page.question.thread_ref or "0"

    async def accept_message(self, step: Step) -> Any:
        number = self._question(step)
        thread, author = await self._thread(number), PEOPLE[step.pick % len(PEOPLE)]
        name, url = f"{author} by name", "https://example.org/9"
        message = Message(f"{thread}/9", thread, author, name, "Like this.", url)
        return await self.app.acceptance.accept_message(self._asker(step, number), message)

    async def write(self, step: Step) -> None:
        """A message in a question's thread, which all can see."""
        thread = await self._thread(self._question(step))
        self.bot.threads.written.append((thread, step.who, self.bot.clock.now()))

    async def close(self, step: Step) -> Any:
        number = self._question(step)
        by, reason = self._asker(step, number), "I know now." if step.two else None
        return await self.app.question_lifecycle.close(
            by, number, reason, key=f"closed:{self._count}"
        )

    async def reopen(self, step: Step) -> Any:
        number = self._question(step)
        return await self.app.question_lifecycle.reopen(self._asker(step, number), number)

    async def still_open(self, step: Step) -> Any:
        number = self._question(step)
        return await self.app.question_lifecycle.still_open(self._asker(step, number), number)

    async def block(self, step: Step) -> Any:
        return await self._on_either(step, self.app.moderation.block)

    async def unblock(self, step: Step) -> Any:
        return await self._on_either(step, self.app.moderation.unblock)

    async def _on_either(self, step: Step, act: Callable[..., Awaitable[None]]) -> None:
        if step.two:
            await act(self.organiser, answer_id=self._answer_of(step)[0])
        else:
            await act(self.organiser, question_id=self._question(step))

    async def hide(self, step: Step) -> Any:
        if step.two:
            return await self.app.moderation.hide_answer(self.organiser, self._answer_of(step)[0])
        return await self.app.moderation.hide(self.organiser, self._question(step))

    async def show_again(self, step: Step) -> Any:
        moderating = self.app.moderation
        if step.two:
            return await moderating.show_answer_again(self.organiser, self._answer_of(step)[0])
        return await moderating.show_again(self.organiser, self._question(step))

    async def approve(self, step: Step) -> Any:
        return await self.app.question_reviews.approve(self.organiser, await self._waiting(step))

    async def decline(self, step: Step) -> Any:
        return await self.app.question_reviews.decline(self.organiser, await self._waiting(step))

    async def merge(self, step: Step) -> Any:
        waiting, into = await self._waiting(step), self._question(step)
        return await self.app.question_reviews.merge(self.organiser, waiting, into)

    async def reconsider(self, step: Step) -> Any:
        return await self.app.question_reviews.reconsider(self.organiser, self._question(step))

    async def lock(self, step: Step) -> Any:
        return await self.app.moderation.lock(self.organiser, self._question(step))

    async def undo_close(self, step: Step) -> Any:
        number = self._question(step)
        by, key = self._asker(step, number), f"undone:{self._count}"
        return await self.app.question_lifecycle.undo_close(by, number, key=key)

    async def undo_accept(self, step: Step) -> Any:
        answer_id, number = self._answer_of(step)
        by = self._asker(step, number)
        return await self.app.acceptance.undo_accept(by, answer_id, step.pick if step.two else 0)

    async def edit(self, step: Step) -> Any:
        number = self._question(step)
        title = f"{TITLES[step.pick % len(TITLES)]} Once more, in {self._count} words."
        return await self.app.revisions.edit_question(
            self._asker(step, number), number, title=title, details="Edited." if step.two else ""
        )

    async def delete(self, step: Step) -> Any:
        number = self._question(step)
        return await self.app.revisions.delete_question(self._asker(step, number), number)

    def _author(self, step: Step, answer_id: int) -> Actor:
        who, unnamed = self._authors.get(answer_id, (step.who, False))
        return self.actor(who if step.one else step.who, unnamed=unnamed, of=ANSWERS)

    async def edit_answer(self, step: Step) -> Any:
        answer_id, _ = self._answer_of(step)
        by, text = self._author(step, answer_id), f"Answer {self._count}, edited."
        return await self.app.revisions.edit_answer(by, answer_id, text)

    async def delete_answer(self, step: Step) -> Any:
        answer_id, _ = self._answer_of(step)
        return await self.app.revisions.delete_answer(self._author(step, answer_id), answer_id)

    async def help(self, step: Step) -> Any:
        topic = TOPICS[step.pick % len(TOPICS)]
        return await self.app.helpers.help_with(self.actor(step.who), topic)

    async def hand_in(self, step: Step) -> Any:
        author = self.actor(step.who, unnamed=step.one, of=EXPERIENCES)
        handed_in = await self.app.submissions.submit(
            author, title=f"Summer {self._count}", story=STORY, link="", anonymous=step.one
        )
        self._experiences[handed_in.id] = (step.who, step.one)
        return handed_in

    def _experience(self, step: Step) -> int:
        known = list(self._experiences) or [0]
        return known[-1 - step.pick % len(known)]

    def _writer(self, step: Step, number: int) -> Actor:
        who, unnamed = self._experiences.get(number, (step.who, False))
        return self.actor(who if step.one else step.who, unnamed=unnamed, of=EXPERIENCES)

    async def edit_experience(self, step: Step) -> Any:
        number = self._experience(step)
        return await self.app.own_experiences.edit(
            self._writer(step, number), number, title=f"Edited {self._count}", story=STORY, link=""
        )

    async def delete_experience(self, step: Step) -> Any:
        number = self._experience(step)
        return await self.app.own_experiences.delete(self._writer(step, number), number)

    async def decide(self, step: Step) -> Any:
        """An organiser posts or declines what was handed in, or edited since."""
        decide = self.app.reviews.approve if step.one else self.app.reviews.decline
        return await decide(self.organiser, await self._undecided(step))

    async def _undecided(self, step: Step) -> int:
        async with self.app.database.reading() as session:
            waiting = "state = 'submitted' OR revision IS NOT NULL"
            found = await session.execute(
                text(f"SELECT id FROM experience WHERE {waiting} ORDER BY id")
            )
            ids = [row[0] for row in found] or [0]
        return ids[step.pick % len(ids)]

    async def reword(self, step: Step) -> Any:
        """An organiser edits what was handed in, before it is decided."""
        number, title = await self._undecided(step), f"Reworded {self._count}"
        return await self.app.reviews.edit(
            self.organiser, number, title=title, story=STORY, link=""
        )

    async def take_down(self, step: Step) -> Any:
        takedowns = self.app.takedowns
        act = takedowns.show_again if step.one else takedowns.hide
        return await act(self.organiser, self._experience(step))

    async def reopen_experience(self, step: Step) -> Any:
        return await self.app.reviews.reopen(self.organiser, self._experience(step))

    async def block_author(self, step: Step) -> Any:
        blocks = self.app.author_blocks
        act = blocks.unblock if step.one else blocks.block
        return await act(self.organiser, self._experience(step))

    async def correct(self, step: Step) -> Any:
        by, number = self.actor(step.who), self._experience(step)
        corrected = await self.app.corrections.correct(by, number, "role", f"Cook {self._count}")
        if corrected is not None:
            self._corrections.append(corrected.correction.id)
        return corrected

    async def revert(self, step: Step) -> Any:
        corrections, known = self.app.corrections, self._corrections or [0]
        act = corrections.accept if step.one else corrections.revert
        return await act(self.organiser, known[-1 - step.pick % len(known)])

    async def session(self, step: Step) -> Any:
        """An AMA session is opened, or the open one is closed."""
        amas = self.app.amas
        if step.one:
            until = "18:00" if step.two else None
            outcome = await amas.open(
                self.organiser, guest_ref=GUEST, guest_name="Mina", title="A PhD", until=until
            )
            self._sessions = outcome.id
            return outcome
        return await amas.close(self.organiser)

    async def next(self, step: Step) -> Any:
        guest = self.actor(GUEST)
        question = await self.app.amas.next(guest, self._sessions)
        if question is None:
            return None
        return await self.app.answers.answer(
            guest, question.id, "Yes, with luck.", key=f"next:{self._count}"
        )

    async def note(self, step: Step) -> Any:
        number = self._question(step) if step.one else None
        ama_id = None if step.one else self._sessions
        return await self.app.ama_documents.note(
            self.organiser, "Shortened.", ama_id=ama_id, question_id=number
        )

    async def consent(self, step: Step) -> Any:
        author = self.actor(step.who, unnamed=step.one)
        asked = await self.app.ama_consent.consent(author, anonymous=step.one)
        await self.app.ama_consent.agree(author, anonymous=step.one, agreed=step.two)
        return asked

    async def settings(self, step: Step) -> Any:
        return await self.app.question_settings.set(
            self.organiser,
            approval=step.one,
            cooldown_minutes=2 if step.two else 0,
            anonymous_answers=step.pick != 0,
        )

    async def wait(self, step: Step) -> None:
        end = self.bot.clock.now() + WAITS[step.pick % len(WAITS)]
        due = await self.bot.settle()
        while due is not None and due <= end:
            self.bot.clock.instant = max(self.bot.clock.now() + timedelta(seconds=1), due)
            due = await self.bot.settle()
        self.bot.clock.instant = max(self.bot.clock.now(), end)

    async def doors(self, step: Step) -> None:
        """Who takes direct messages, and to whom nothing gets through."""
        bits = zip((1, 2), (ANNA, ZOE), strict=True)
        closed = {f"user:{who}" for bit, who in bits if step.pick & bit}
        self.world.closed = closed if step.one else set()
        self._unreachable = closed if step.two else set()

    async def faults(self, step: Step) -> None:
        self._fault_seed = step.pick + 1 if step.one else 0

    async def outage(self, step: Step) -> None:
        """The platform is away for longer than goes unmentioned, while somebody answers."""
        back, self.world.fault = self.world.fault, lambda delivery: Fault.UNREACHED
        try:
            await self.answer(step)
        finally:
            for _ in range(6):
                await self.bot.settle()
                self.bot.clock.advance(minutes=10)
            self.world.fault = back

    async def retry(self, step: Step) -> int:
        return await self.app.communities.problems.retry("test", "club")

    async def restart(self, step: Step) -> None:
        await self.bot.restart()

    async def look(self, step: Step) -> Any:
        """All that a member, the guest and an organiser can look up."""
        finding, organiser = self.app.question_search, self.organiser
        seen: list[Any] = []
        for who in (CARL, GUEST, OLGA):
            reader = self.actor(who)
            seen += [await finding.listed(reader, wanted) for wanted in Filter]
            seen += [await finding.search(reader, word) for word in ("ask", "robotics", "면접")]
            seen += [await finding.like(reader, "")]
        for number in self._askers:
            try:
                seen.append(await finding.show(organiser, number))
            except UserError as error:
                seen.append(str(error))
        for listed in (
            self.app.moderation.blocking,
            self.app.moderation.hidden,
            self.app.question_reviews.waiting,
            self.app.author_blocks.blocking,
            self.app.author_blocks.blockable,
            self.app.takedowns.hidden,
            self.app.reviews.waiting,
            self.app.communities.parked,
        ):
            seen.append(await listed(organiser))
        seen.append(await self.app.archive.like(organiser, ""))
        for session, title in (await self.app.ama_documents.titles(organiser)).items():
            seen.append(title)
            try:
                seen.append(await self.app.amas.show(organiser, session))
            except UserError as error:
                seen.append(str(error))
            for jekyll in (True, False):
                seen.append(await self.app.ama_documents.export(organiser, session, jekyll=jekyll))
        return seen
