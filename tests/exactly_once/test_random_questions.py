"""Seeded weeks in which members ask and answer, requests fail, and the bot dies again and again.

Whatever happens: each thing is said once, where it belongs and as it is in the end; whoever waits
for it is pinged, and whoever opted out before it was said is not. Authors edit and delete: nowhere
but in direct messages is there anything of what they wrote before.
"""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from bot.core.post import Post
from tests.effort import Effort
from tests.exactly_once.club import Snapshot
from tests.exactly_once.questions import QUESTIONS, Circle
from tests.exactly_once.test_random import ENOUGH, FAULTS, FEW, MANY, PARTS, faults, settle
from tests.group import DAY, HOUR, text_of
from tests.world import Fault, Message, World

log = logging.getLogger(__name__)  # `pytest -rP` shows the counts

STEPS = 2
MEMBERS = ("901", "902", "903", "904")
HELPERS = ("902", "906", "907")
GUEST = "920"
WORDS = ("lab", "visa", "thesis", "rent", "tram", "grant", "seminar", "mentor", "poster", "exam")


@pytest.mark.parametrize("part", range(PARTS))
async def test_weeks_of_questions_with_crashes_and_faults(
    circle: Circle, world: World, part: int, tmp_path: Path, effort: Effort
) -> None:
    before = await Snapshot.of(circle, world, tmp_path / "before.db")
    happened: Counter[Fault] = Counter()
    counts: Counter[str] = Counter()
    for seed in effort.seeds(FEW, MANY, part=part, parts=PARTS):
        await before.restore()
        world.sends.clear()
        circle.chat.said.clear()
        chance = Random(seed)
        world.fault = faults(chance, happened)
        run = Run(circle, world, chance, stays=seed % 6 < PARTS)
        await circle.live(lives(chance))
        await run.live()
        await run.judge(f"seed {seed}")
        counts += run.counts
    faulty = {fault.name.lower(): number for fault, number in happened.items()}
    log.warning("%d weeks, %d crashes, %s, %s", effort.done, circle.crashes, dict(counts), faulty)
    if effort.done >= ENOUGH:
        assert circle.crashes > effort.done
        assert set(happened) == set(FAULTS)
        seen = ("questions", "answers", "offers", "digests", "sessions", "edit_question")
        assert all(counts[what] for what in seen)


def lives(chance: Random) -> Iterator[int]:
    """Most processes die soon, some of them while they mend what the one before has left."""
    ends = [chance.choice((10, 40, 120)) for _ in range(chance.randint(2, 5))]
    return iter([chance.randint(1, end) for end in ends])


@dataclass
class Waiting:
    """Who is to be pinged by a post; and from which request on who is not any more."""

    whom: set[str]
    spared: dict[str, int] = field(default_factory=dict)
    sure: bool = True  # it is sent whatever comes
    gone: bool = False  # what it pings about was deleted, perhaps before it was said


@dataclass
class Asked:
    """A question, as people know it."""

    number: int
    title: str
    asker: str
    unnamed: bool
    research: bool
    session: bool
    posted_at: datetime
    answers: dict[int, str] = field(default_factory=dict)  # their texts
    authors: dict[int, str] = field(default_factory=dict)  # of the answers
    taken_back: set[int] = field(default_factory=set)  # answers that were deleted
    edited: int = 0
    edited_answers: set[int] = field(default_factory=set)
    deleted: bool = False
    me_too: set[str] = field(default_factory=set)
    follows: set[str] = field(default_factory=set)
    accepted: int = 0
    closed: bool = False
    chatted: bool = False
    looked_at: bool = False  # whether it was time to offer it


class Run:
    """What people do, and what they should have seen in the end."""

    def __init__(self, circle: Circle, world: World, chance: Random, *, stays: bool) -> None:
        """`stays`: until the digest, and three months more."""
        self.circle, self.world, self.chance, self.stays = circle, world, chance, stays
        self.counts: Counter[str] = Counter()
        self.asked: dict[int, Asked] = {}
        self.pinged: dict[str, Waiting] = {}  # by the post's key
        self.helpers = {"906", "907"}
        self.sessions = 0
        self.unsaid: list[str] = []  # what nobody is to read any more
        self.in_forum = chance.random() < 0.5

    async def live(self) -> None:
        if self.in_forum:
            self.world.forums.add(QUESTIONS)
        for _ in range(STEPS):
            await self._ask()
            for _ in range(self.chance.randint(2, 4)):
                await self.chance.choice(self._actions())()
            await self._after(self.chance.randint(1, 30) * HOUR)
        await self._come_to_rest()
        if self.stays:
            await self._until_the_digest()
            for days in (15, 1, 31, 31, 31):
                await self._after(timedelta(days=days))
                await self._come_to_rest()

    async def _until_the_digest(self) -> None:
        ((at,),) = await self.circle.read("SELECT digest_at FROM question_settings")
        due_at = datetime.fromisoformat(at).replace(tzinfo=self.circle.clock.now().tzinfo)
        await self._after(due_at - self.circle.clock.now())
        await self._come_to_rest()

    async def _come_to_rest(self) -> None:
        await settle(self.circle)
        self._time_has_passed()

    async def _after(self, time: timedelta) -> None:
        await self.circle.after(time)
        self._time_has_passed()

    def _time_has_passed(self) -> None:
        """What a day has passed over is offered, if it still has no answer."""
        for question in self.asked.values():
            due = question.posted_at + DAY <= self.circle.clock.now()
            ended = question.closed or question.deleted
            idle = not (question.answers or ended or question.research)
            if due and idle and not question.session and not question.looked_at:
                question.looked_at = True
                whom = self.helpers - ({question.asker} if not question.unnamed else set())
                if whom and not question.chatted:
                    self.pinged[f"question:{question.number}:offer"] = Waiting(whom)

    # -- what happens ----------------------------------------------------------------------------

    def _actions(self) -> list[Callable[[], Awaitable[None]]]:
        return [
            *(self._ask, self._answer, self._answer, self._answer, self._me_too, self._me_too),
            *(self._unfollow, self._accept, self._accept, self._close, self._help, self._chat),
            *(self._open_session, self._close_session),
            *(self._edit, self._edit_answer, self._edit_answer, self._delete, self._delete_answer),
        ]

    def _any(self) -> Asked:
        """One that is not deleted: there always is."""
        return self.chance.choice([one for one in self.asked.values() if not one.deleted])

    async def _ask(self, **typed: int) -> None:
        title = f"Question {len(self.asked)} about {' and '.join(self.chance.sample(WORDS, 4))}"
        asker, to = self.chance.choice(MEMBERS), self.chance.choice((None, None, "905"))
        unnamed = not typed and self.chance.random() < 0.4
        research = not typed and self.chance.random() < 0.1
        number = await self.circle.ask(
            asker, title, topic="Papers", anonymous=unnamed, research=research, to=to, **typed
        )
        now = self.circle.clock.now()
        self.asked[number] = Asked(number, title, asker, unnamed, research, bool(typed), now)
        if to is not None:
            self.pinged[f"question:{number}:addressed"] = Waiting({to})

    async def _answer(self) -> None:
        question, who = self._any(), self.chance.choice(MEMBERS)
        if question.closed:
            return
        unnamed = self.chance.random() < 0.3
        text = f"Answer {len(question.authors)} to {question.number}."
        number = await self.circle.reply(who, question.number, text, anonymous=unnamed)
        question.answers[number], question.authors[number] = text, who
        waiting = question.follows | ({question.asker} if not question.unnamed else set())
        self.pinged[f"answer:{number}:card"] = Waiting(waiting - ({who} if not unnamed else set()))
        self._unsure(f"question:{question.number}:offer")

    async def _me_too(self) -> None:
        question, who = self._any(), self.chance.choice(MEMBERS)
        if who != question.asker:
            await self._press("me_too", who, question.number)
            question.me_too.add(who)
            question.follows.add(who)

    async def _unfollow(self) -> None:
        question = self._any()
        for who in sorted(question.follows):
            await self.circle.keep_pressing(
                lambda who=who: self.circle.application.followers.follow(  # type: ignore[misc]
                    self.circle.member(who), question.number, wanted=False
                )
            )
            question.follows.discard(who)
            for number in question.answers:
                self.pinged[f"answer:{number}:card"].spared[who] = len(self.world.sends)

    async def _accept(self) -> None:
        question = self._any()
        if question.answers and not question.closed:
            question.accepted = self.chance.choice(sorted(question.answers))
            await self._press("accept", question.asker, question.accepted)

    async def _close(self) -> None:
        question = self._any()
        while not question.closed:
            await self.circle.do(
                lambda: self.circle.application.question_lifecycle.close(
                    self.circle.member(question.asker), question.number, key="closed"
                )
            )
            statement = f"SELECT state FROM question WHERE id = {question.number}"
            question.closed = await self.circle.read(statement) == [("closed",)]
        self._unsure(f"question:{question.number}:offer")

    async def _help(self) -> None:
        who = self.chance.choice(HELPERS)
        wanted = who not in self.helpers
        await self.circle.help_with(who, "Papers", wanted=wanted)
        self.helpers ^= {who}
        for key, waiting in self.pinged.items():
            if key.endswith(":offer") and not wanted:
                waiting.spared.setdefault(who, len(self.world.sends))

    async def _edit(self) -> None:
        question = self._any()
        self.unsaid.append(question.title)
        question.edited += 1
        question.title = f"{question.title.split(', again')[0]}, again {question.edited}"
        await self._revise("edit_question", question.asker, question.number, title=question.title)

    async def _delete(self) -> None:
        question = self._any()
        if len([one for one in self.asked.values() if not one.deleted]) == 1:
            return
        await self._revise("delete_question", question.asker, question.number)
        question.deleted = True
        self.unsaid.append(question.title)
        for what in ("offer", "addressed"):
            self._unsure(f"question:{question.number}:{what}")

    async def _edit_answer(self) -> None:
        question = self._any()
        if question.answers:
            number = self.chance.choice(sorted(question.answers))
            before = question.answers[number]
            self.unsaid.append(before)
            question.answers[number] = f"{before.removesuffix('.')}, better."
            question.edited_answers.add(number)
            text = question.answers[number]
            await self._revise("edit_answer", question.authors[number], number, text=text)

    async def _delete_answer(self) -> None:
        question = self._any()
        if question.answers:
            number = self.chance.choice(sorted(question.answers))
            await self._revise("delete_answer", question.authors[number], number)
            self.unsaid.append(question.answers.pop(number))
            question.taken_back.add(number)
            self.pinged[f"answer:{number}:card"].gone = True
            if question.accepted == number:
                question.accepted = 0

    async def _revise(self, what: str, who: str, number: int, **typed: str) -> None:
        if what == "edit_question":
            typed["details"] = ""

        async def done() -> bool:
            revise = getattr(self.circle.application.revisions, what)
            await revise(self.circle.member(who), number, **typed)
            return True

        await self.circle.keep_pressing(done)
        self.counts[what] += 1

    async def _chat(self) -> None:
        """Somebody answers in the thread, if it is there."""
        question = self._any()
        key = f"question:{question.number}:thread"
        statement = f"SELECT message_ref FROM outbox WHERE dedupe_key = '{key}' AND state = 'sent'"
        for (ref,) in await self.circle.read(statement):
            self.circle.chat.said.append((ref, "908"))
            question.chatted = True

    async def _open_session(self) -> None:
        opened = await self.circle.open_session(GUEST, "Ask Mina")
        self.sessions = max(self.sessions, opened)
        self.pinged[f"ama:{opened}:guest"] = Waiting({GUEST})
        await self._ask(ama_id=opened)

    async def _close_session(self) -> None:
        await self.circle.close_session()

    async def _press(self, what: str, who: str, number: int) -> None:
        def press() -> Awaitable[object]:
            application, member = self.circle.application, self.circle.member(who)
            if what == "accept":
                return application.acceptance.accept(member, number)
            return application.followers.me_too(member, number)

        await self.circle.keep_pressing(press)

    def _unsure(self, key: str) -> None:
        if key in self.pinged:
            self.pinged[key].sure = False

    # -- what there is in the end ----------------------------------------------------------------

    async def judge(self, run: str) -> None:
        rows = await self.circle.read(
            "SELECT id, dedupe_key, state, destination, coalesce(last_error, '') FROM outbox"
            " WHERE kind IN ('post', 'topic') AND dedupe_key NOT LIKE 'notice:%'"
        )
        there = {m.mark: m for m in self.world.messages}
        assert len(there) == len(self.world.messages), f"something is said twice, {run}"
        said = {key: there[number] for number, key, *_ in rows if number in there}
        for number, key, state, destination, error in rows:
            if state == "sent":
                assert number in there, f"{key} is lost, {run}"
            else:
                dropped = destination.startswith("private:") or error == "called off"
                assert dropped or "digest" in key or key.startswith("round:"), (key, error, run)
        for question in self.asked.values():
            self._its_card_is_right(question, said, run)
            self._its_answers_are_there(question, said, run)
            self._its_thread_is_named_after_it(question, said, run)
            if self.stays:
                self._it_was_asked_about(question, said, run)
        self._nothing_is_left_of_what_was_before(run)
        self._pings_are_right(said, run)
        self._digests_are_in_time(said, run)
        await self._sessions_are_right(said, run)

    def _its_card_is_right(self, question: Asked, said: dict[str, Message], run: str) -> None:
        card = said[f"question:{question.number}:card"]
        text = text_of(card.post)
        self.counts["questions"] += 1
        if question.deleted:
            assert "This question was deleted by its author." in text, run
            return
        assert question.title in text, run
        assert (" · edited" in text) == bool(question.edited), run
        many = len(question.answers)
        assert f"{many} answer{'' if many == 1 else 's'}" in text, run
        others = len(question.me_too)
        wanted = f"{others} other {'person wants' if others == 1 else 'people want'} to know"
        assert (wanted in text) if others else ("to know" not in text), run
        assert ("**Closed" in text) == question.closed, run
        if question.accepted and not question.closed:
            assert question.answers[question.accepted] in text, run

    def _its_answers_are_there(self, question: Asked, said: dict[str, Message], run: str) -> None:
        card = said[f"question:{question.number}:card"]
        thread = card.place if self.in_forum else card.ref.split("/")[1]
        for number, text in question.answers.items():
            answer = said[f"answer:{number}:card"]
            assert text in text_of(answer.post), run
            edited = " · edited" in text_of(answer.post)
            assert edited == (number in question.edited_answers), run
            accepted = number == question.accepted and not question.deleted
            assert answer.post.title.startswith("✓") == accepted, run
            if not question.session:
                assert answer.place in (thread, QUESTIONS), run
                assert thread in self.world.threads, run
            self.counts["answers"] += 1
            self.counts["private"] += f"answer:{number}:asker" in said
        for number in question.taken_back:
            gone = text_of(said[f"answer:{number}:card"].post)
            assert "This answer was deleted by its author." in gone, run

    def _its_thread_is_named_after_it(
        self, question: Asked, said: dict[str, Message], run: str
    ) -> None:
        if not question.session:
            card = said[f"question:{question.number}:card"]
            thread = card.place if self.in_forum else card.ref.split("/")[1]
            title = "deleted by its author" if question.deleted else question.title
            assert self.world.threads[thread].endswith(f" · {title}"), run

    def _nothing_is_left_of_what_was_before(self, run: str) -> None:
        """Titles and answers are told apart by what follows them."""
        for message in self.world.messages:
            if not message.place.startswith("user:"):
                text = text_of(message.post) + "\n"
                left = [one for one in self.unsaid if f"{one}\n" in text or f"{one} " in text]
                assert not left, (left, message.post, run)

    def _it_was_asked_about(self, question: Asked, said: dict[str, Message], run: str) -> None:
        ended = question.closed or question.accepted or question.research or question.session
        ended = ended or question.deleted
        keys = [key for key in said if key.startswith(f"question:{question.number}:nudge:")]
        times = [key for key in keys if not key.endswith(":asker")]
        assert len(times) == (0 if ended else 3), run
        self.counts["nudges"] += len(times)

    def _pings_are_right(self, said: dict[str, Message], run: str) -> None:
        """By the request that has arrived, which is the last one."""
        sent = {d.id: (at, d.action) for at, d in enumerate(self.world.sends)}
        for key, waiting in self.pinged.items():
            if key not in said:
                assert not waiting.sure, f"{key}, {run}"
                continue
            at, action = sent[said[key].mark]
            assert isinstance(action, Post)
            told_of_nothing = action.ping_members and "deleted by its author" in text_of(action)
            assert not told_of_nothing, f"{key}, {run}"
            gone = {who for who, since in waiting.spared.items() if since <= at}
            pinged = set(action.ping_members)
            assert pinged == waiting.whom - gone or (waiting.gone and not pinged), f"{key}, {run}"
            self.counts["offers"] += key.endswith(":offer")
        offers = {key for key in said if key.endswith(":offer")}
        assert offers <= set(self.pinged), run

    def _digests_are_in_time(self, said: dict[str, Message], run: str) -> None:
        digests = [m for key, m in said.items() if ":digest:" in key]
        for digest in digests:
            assert (digest.sent_at - timedelta(hours=7)).weekday() in (0, 1, 2), run
        self.counts["digests"] += len(digests)

    async def _sessions_are_right(self, said: dict[str, Message], run: str) -> None:
        for number, state in await self.circle.read("SELECT id, state FROM ama"):
            card = said[f"ama:{number}:card"]
            closed = "This AMA is closed" in text_of(card.post)
            assert closed == (state == "closed") == (f"ama:{number}:summary" in said), run
            self.counts["sessions"] += 1
