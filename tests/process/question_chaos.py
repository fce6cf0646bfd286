"""One seeded run: members ask and answer while everything goes wrong.

    first day   members fill in forms and press buttons; the process is killed, starts again
    night       time passes until Monday's digest is due, and a day is over for what was asked
    second day  offers and the digest go out, members go on, and everything goes wrong again

What people were told is remembered, and at the end everything that Discord has is counted.
"""

import asyncio
import random
import re
import signal
from collections import Counter
from datetime import timedelta
from typing import Any

from bot.papers.schedule.setup import Wanted
from bot.questions.submissions import Draft
from tests.process import chaos
from tests.process.harness import PATIENCE, STAMP, Stage, group, mark_of, pings_of, text_of

ASKERS = ("alice", "bob", "carol")
HELPER = "dave"
TOPIC = "POST /channels/*/threads"
BUTTON = re.compile(r"pc:((?:question_answer|question_me_too|answer_upvote|answer_accept):[\w.]+)")
LASTING = "What does nobody ever answer?"
WORDS = ("lab", "visa", "thesis", "rent", "tram", "grant", "seminar", "mentor", "poster", "exam")


class Run(chaos.Run):
    """Everything about it follows from the seed, but for the instants at which things happen."""

    def __init__(self, wire: Any, folder: Any, seed: int) -> None:
        self.chance = random.Random(seed)
        self.in_forum = self.chance.random() < 0.5
        here = group()
        kind = "forum" if self.in_forum else "text"
        here["channels"] += [{"name": "questions", "type": kind}]
        self.stage = Stage(wire, folder, here, seed=seed)
        self.counts: Counter[str] = Counter()
        self.typed = 0
        self.told: dict[str, set[str]] = {  # type: ignore[assignment] # other things are told here
            what: set() for what in ("asked", "answered", "me_too", "accepted", "upvoted")
        }

    async def live(self) -> Counter[str]:
        async with self.stage:
            await self._begin()
            await self._evening("pick")
            await self._morning()
            self._night()
            await self._evening("remind_day")
            await self._morning()
            self._judge()
        self.counts["runs"] += 1
        return self.counts

    async def _begin(self) -> None:
        """One question is there that nobody will answer; dave helps with such."""
        async with self.stage.seed() as application:
            organiser = self.stage.actor("alice", organiser=True)
            here = {name: self.stage.wire.channel(name).id for name in ("papers", "questions")}
            await application.setup.start(
                organiser,
                Wanted(zone="UTC", papers_channel_ref=here["papers"], weekday=2, at="17:00"),
            )
            await application.schedules.pause(organiser)
            await application.question_settings.set(
                organiser, channel_ref=here["questions"], cooldown_minutes=0
            )
            await application.helpers.help_with(self.stage.actor(HELPER), "Papers")
            draft = Draft(title=LASTING, topic="Papers")
            await application.question_submissions.ask(
                self.stage.actor("bob"), draft, key="the first one"
            )

    # -- time ------------------------------------------------------------------------------------

    def _night(self) -> None:
        digest_at = self.stage.instant("SELECT digest_at FROM question_settings")
        offers_at = self.stage.now() + timedelta(hours=25)
        self.stage.sleep_until(max(digest_at, offers_at))
        self._note("the second day")

    async def _morning(self) -> None:
        """Discord is well again, and nothing is left to do."""
        self._mend_things()
        if not self.stage.wire.bot.running:
            await self._run()
        await self.stage.wire.wait_for(self._is_quiet, PATIENCE, poll=0.1)
        how = self.chance.choice((signal.SIGKILL, signal.SIGTERM))
        status = await self.stage.wire.kill_bot(how)
        assert how == signal.SIGKILL or status == 0, self.stage.wire.bot.log[-3000:]

    def _is_quiet(self) -> bool:
        now = self.stage.now().strftime(STAMP)
        due = self.stage.query(
            "SELECT 1 FROM question WHERE check_at <= ?"
            " UNION SELECT 1 FROM question_settings WHERE digest_at <= ?",
            *(now, now),
        )
        return not due and not self.stage.unfinished()

    def _break_things(self, evening: str) -> None:
        super()._break_things(evening)
        if self.in_forum:
            how = self.chance.choice(({"kind": 503, "when": "after"}, {"kind": "reset"}))
            self.stage.wire.faults.add(TOPIC, times=1, **how)

    # -- what people do --------------------------------------------------------------------------

    async def _people(self) -> None:
        await asyncio.gather(*(self._member(name) for name in ASKERS))

    async def _member(self, name: str) -> None:
        for _ in range(self.chance.choice((1, 2, 3))):
            await asyncio.sleep(self.chance.uniform(0, 0.4))
            offered = [(card, found) for card in self._cards(name) for found in _buttons(card)]
            if not offered or self.chance.random() < 0.35:
                await self._ask(name)
            else:
                await self._press(name, *self.chance.choice(offered))

    def _cards(self, name: str) -> list[Any]:
        """What a member can see of questions, but for the one that nobody answers."""
        wire = self.stage.wire
        threads = wire.threads("questions")
        places = [*(thread.id for thread in threads if LASTING not in thread.name), "questions"]
        seen = [m for place in places for m in wire.bot_messages(place)] + wire.dms(name)
        return [message for message in seen if LASTING not in text_of(message)]

    async def _ask(self, name: str) -> None:
        self.typed += 1
        title = f"Question {self.typed}: {', '.join(self.chance.sample(WORDS, 5))}?"
        form = await self.stage.wire.slash(name, "general", "ask", settle=2)
        if form.modal is None:
            self.counts["unanswered"] += 1
            return
        how = ["anonymous"] if self.chance.random() < 0.4 else []
        typed = {"Your question": title, "Options": how}
        sent = await self.stage.wire.submit_modal(name, form, typed, settle=2)
        said = self._said(sent)
        if sent.message is not None and "Does one of these help?" in said:
            said = self._said(
                await self.stage.wire.click(name, sent.message, "Post my question", settle=2)
            )
        if "Posted as question" in said or "won't see who asked" in said:
            self.told["asked"].add(title)

    async def _press(self, name: str, card: Any, button: str) -> None:
        wire = self.stage.wire
        pressed = await wire.click(name, card, f"pc:{button}", settle=2)
        what, _, number = button.partition(":")
        if what == "question_answer":
            await self._answer(name, pressed)
            return
        said = self._said(pressed)
        number = number.rpartition(".")[2]
        if "Noted:" in said:
            self.told["me_too"].add(f"{number} {wire.user(name).id}")
        elif "Upvoted:" in said:
            self.told["upvoted"].add(f"{number} {wire.user(name).id}")
        elif "Accepted." in said:
            self.told["accepted"].add(number)

    async def _answer(self, name: str, form: Any) -> None:
        if form.modal is None:
            self.counts["unanswered"] += 1
            return
        self.typed += 1
        text = f"This is answer {self.typed}."
        sent = await self.stage.wire.submit_modal(name, form, {"Your answer": text}, settle=2)
        if "Thank you for your answer" in self._said(sent):
            self.told["answered"].add(text)

    def _said(self, pressed: Any) -> str:
        """What the person was told; nothing where the bot died of it."""
        if not pressed.acked or pressed.message is None:
            self.counts["unanswered"] += 1  # it may have been done all the same
            return ""
        said = text_of(pressed.message)
        assert "went wrong" not in said, said
        self.counts["presses"] += 1
        return said

    # -- what there is in the end ----------------------------------------------------------------

    def _judge(self) -> None:
        self._everything_is_said_once()
        self._questions_are_right()
        self._answers_are_right()
        self._what_was_told_is_so()
        self._the_helper_was_asked()
        digests = self.stage.posted("This week's questions")
        assert len(digests) == 1
        (asked,) = [t for t in self.stage.wire.threads("questions") if LASTING in t.name]
        assert f"<#{asked.id}>" in text_of(digests[0]), "the thread is called like the question"
        self.counts["digests"] += 1
        self.stage.clean()

    def _everything_is_said_once(self) -> None:
        """Each row of the outbox is one message, and each message is such a row."""
        rows = dict(
            self.stage.query("SELECT id, state FROM outbox WHERE kind IN ('post', 'topic')")
        )
        there = Counter(mark_of(message) for message in self.stage.posted(""))
        assert None not in there, "every message bears the mark of its row"
        assert [row for row, times in there.items() if times > 1] == [], "nothing is posted twice"
        sent = {row for row, state in rows.items() if state == "sent"}
        assert sent == set(there), "what was sent is there, and nothing else"
        dropped = self.stage.query(
            "SELECT dedupe_key, last_error FROM outbox WHERE kind IN ('post', 'topic')"
            " AND state <> 'sent' AND last_error <> 'called off'"
        )
        assert dropped == [], "what is not said was called off"
        self.counts["posts"] += len(sent)

    def _questions_are_right(self) -> None:
        """One card each, with the counts that are stored, and one thread."""
        questions = self.stage.query(
            "SELECT id, title, state, (SELECT count(*) FROM answer WHERE question_id = q.id),"
            " (SELECT count(*) FROM question_interest WHERE question_id = q.id AND me_too)"
            " FROM question q WHERE state <> 'draft'"
        )
        cards = []
        for _, title, state, answers, me_too in questions:
            (card,) = self.stage.posted(rf"### (?:✓ )?{re.escape(title)}\nQuestion \d")
            text = text_of(card)
            assert f"{answers} answer{'' if answers == 1 else 's'}" in text, text
            others = re.findall(r"(\d+) other (?:person wants|people want) to know", text)
            assert me_too == int((others or [0])[0]), text
            assert ("**Answered by" in text) == (state == "answered"), text
            cards.append(card.id)
        threads = [thread.id for thread in self.stage.wire.threads("questions")]
        digests = [m.id for m in self.stage.posted("This week's questions")]
        assert sorted(threads) == sorted(cards + digests * self.in_forum), "one thread each"
        self.counts["questions"] += len(questions)

    def _answers_are_right(self) -> None:
        answers = self.stage.query(
            "SELECT a.text, a.id = q.accepted_id, q.member_ref, a.member_ref,"
            " (SELECT count(*) FROM answer_vote WHERE answer_id = a.id)"
            " FROM answer a JOIN question q ON q.id = a.question_id"
        )
        for text, accepted, asker, author, votes in answers:
            shown = self.stage.posted(f"### .*Answer to question \\d+\n{re.escape(text)}")
            (card,) = shown
            assert ("✓" in text_of(card)) == bool(accepted), text_of(card)
            assert f"**{votes} upvote{'' if votes == 1 else 's'}**" in text_of(card)
            private = self.stage.posted(f"Someone answered your question\n(?s:.*){text}")
            assert len(private) == (asker is None), "whoever is unnamed is written to"
            self.counts["answers"] += 1
            self.counts["private messages"] += len(private)
            if not card.edited_timestamp and asker not in (None, author):
                assert asker in pings_of(card)

    def _what_was_told_is_so(self) -> None:
        def stored(statement: str) -> set[str]:
            return {" ".join(map(str, row)) for row in self.stage.query(statement)}

        shown = "state IN ('open', 'answered')"
        assert self.told["asked"] <= stored(f"SELECT title FROM question WHERE {shown}")
        assert self.told["answered"] <= stored("SELECT text FROM answer")
        interests = "SELECT question_id, member_ref FROM question_interest WHERE me_too"
        assert self.told["me_too"] <= stored(interests)
        assert self.told["upvoted"] <= stored("SELECT answer_id, member_ref FROM answer_vote")
        answered = stored(
            "SELECT a.id FROM answer a JOIN question q ON q.id = a.question_id"
            " WHERE q.state = 'answered'"
        )
        assert self.told["accepted"] <= answered
        for what, told in self.told.items():
            self.counts[f"told: {what}"] += len(told)

    def _the_helper_was_asked(self) -> None:
        """Once for each question of the first day that nobody has answered, and no other."""
        offers = self.stage.posted("Can you help\\?")
        asked = Counter(text_of(offer).partition("yet: ")[2].splitlines()[0] for offer in offers)
        assert asked[LASTING] == 1
        assert set(asked.values()) == {1}
        helper = self.stage.wire.user(HELPER).id
        assert {tuple(pings_of(offer)) for offer in offers} == {(helper,)}
        old = (self.stage.now() - timedelta(days=1)).strftime(STAMP)
        unanswered = self.stage.query(
            "SELECT title FROM question q WHERE state = 'open' AND posted_at < ?"
            " AND NOT EXISTS (SELECT 1 FROM answer WHERE question_id = q.id)",
            old,
        )
        assert {title for (title,) in unanswered} <= set(asked)
        self.counts["offers"] += len(offers)


def _buttons(card: Any) -> list[str]:
    return BUTTON.findall(str(card.components))
