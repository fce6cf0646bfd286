"""A hundred thousand questions with their answers, out of the same words as the experiences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from bot.core.database import Database, insert_many
from bot.core.outbox import OutboxRow, State
from bot.core.post import Post, to_json
from bot.core.search import Entry, community_label
from bot.questions.keys import card_key, thread_key
from bot.questions.model import (
    DEFAULTS,
    Answer,
    AnswerState,
    AnswerVote,
    Question,
    QuestionInterest,
    QuestionKind,
    QuestionState,
)
from bot.questions.queries import HELPED, INDEX
from tests.benchmarks.search_archive import Archive

MEMBERS = 500
AT_ONCE = 1_000  # questions in a transaction
_BEGUN = datetime(2015, 1, 1, tzinfo=UTC)
_KINDS = (*[QuestionKind.QUESTION] * 19, QuestionKind.RESEARCH)
_STATES = (
    *[QuestionState.ANSWERED] * 12,
    *[QuestionState.OPEN] * 6,
    QuestionState.CLOSED,
    QuestionState.HIDDEN,
)
_FIRST_ROW = 1_000  # of the outbox; before it is what the seeding has put there
_CARD = to_json(Post(title="A question", text="As long as one is. " * 30))


@dataclass
class Rows:
    """What belongs to some questions, by its record."""

    of: dict[type, list[dict[str, Any]]] = field(
        default_factory=lambda: {
            kind: [] for kind in (Question, Answer, AnswerVote, QuestionInterest, OutboxRow)
        }
    )
    entries: list[Entry] = field(default_factory=list)


class Questions:
    """Makes questions of one community, half of them Korean, and remembers how they are called."""

    def __init__(self, archive: Archive, community_id: int) -> None:
        self.archive = archive
        self.luck = archive.luck
        self.community_id = community_id
        self.answered: list[list[str]] = []  # titles, in words

    async def fill(self, database: Database, count: int) -> None:
        numbers = iter(range(1, count + 1))
        while some := list(islice(numbers, AT_ONCE)):
            rows = Rows()
            for number in some:
                self._add(rows, number)
            async with database.transaction() as session:
                for kind, of_kind in rows.of.items():
                    await insert_many(session, kind, of_kind)
                await INDEX.put(session, rows.entries)

    def _add(self, rows: Rows, number: int) -> None:
        title = self.archive.words(number, self.luck.randint(3, 12))
        details = " ".join(self.archive.words(number, self.luck.randint(0, 80)))
        state, kind = self.luck.choice(_STATES), self.luck.choice(_KINDS)
        posted_at = _BEGUN + timedelta(hours=number)
        answers = list(self._answers(number, state, posted_at))
        if state is QuestionState.ANSWERED:
            self.answered.append(title)
        unnamed = number % 4 == 0
        asker = self._member()
        rows.of[Question].append(
            {
                "id": number,
                "community_id": self.community_id,
                "number": number,
                "kind": kind,
                "state": state,
                "title": " ".join(title),
                "details": details,
                "topic": self.luck.choice(DEFAULTS["topics"]),
                "member_ref": None if unnamed else asker,
                "member_name": "" if unnamed else asker,
                "pseudonym": f"pseudonym of {asker}" if unnamed else None,
                "channel_ref": "questions",
                "place": thread_key(number),
                "asked_key": str(number),
                "created_at": posted_at,
                "posted_at": posted_at,
                "moved_at": posted_at,
                "accepted_id": answers[0]["id"] if state is QuestionState.ANSWERED else None,
                "accepted_by_asker": state is QuestionState.ANSWERED,
                "accepted_at": posted_at if state is QuestionState.ANSWERED else None,
                "check_at": posted_at + timedelta(days=9_000) if state == "open" else None,
                "nudges": 0,
            }
        )
        rows.of[Answer] += answers
        for answer in answers:
            rows.of[AnswerVote] += [
                {"answer_id": answer["id"], "member_ref": member, "created_at": posted_at}
                for member in self._members(self.luck.randint(0, 3))
            ]
        rows.of[QuestionInterest] += [
            {
                "question_id": number,
                "member_ref": member,
                "me_too": self.luck.random() < 0.7,
                "follows": True,
                "created_at": posted_at,
            }
            for member in self._members(self.luck.randint(0, 3))
        ]
        rows.of[OutboxRow] += self._posted(number, posted_at)
        if state is not QuestionState.HIDDEN:
            texts = [" ".join(title), details, *(answer["text"] for answer in answers)]
            labels = [community_label(self.community_id), *([HELPED] if answers else [])]
            rows.entries.append(Entry(number, labels, "\n".join(texts)))

    def _answers(
        self, number: int, state: QuestionState, posted_at: datetime
    ) -> Iterator[dict[str, Any]]:
        fewest = 1 if state is QuestionState.ANSWERED else 0
        for place in range(self.luck.randint(fewest, 3)):
            answerer = self._member()
            yield {
                "id": 10 * number + place,
                "community_id": self.community_id,
                "question_id": number,
                "state": AnswerState.SHOWN,
                "text": " ".join(self.archive.words(number, self.luck.randint(20, 100))),
                "member_ref": answerer,
                "member_name": answerer,
                "asked_key": f"{number}-{place}",
                "created_at": posted_at + timedelta(hours=place),
            }

    def _posted(self, number: int, posted_at: datetime) -> Iterator[dict[str, Any]]:
        """The card and its thread, as the outbox remembers them."""
        for place, (key, kind) in enumerate(
            ((card_key(number), "topic"), (thread_key(number), "thread"))
        ):
            yield {
                "id": _FIRST_ROW + 2 * number + place,
                "community_id": self.community_id,
                "dedupe_key": key,
                "destination": "questions",
                "lane": "questions:questions",
                "anchor_id": _FIRST_ROW + 2 * number if place else None,
                "kind": kind,
                "action": _CARD,
                "revision": 0,
                "due_at": posted_at,
                "not_before": posted_at,
                "state": State.SENT,
                "attempts": 1,
                "claimed_at": posted_at,
                "message_ref": f"{kind}/{number}",
                "place_ref": kind,
                "sent_at": posted_at,
            }

    def _member(self) -> str:
        return f"member-{self.luck.randrange(MEMBERS)}"

    def _members(self, count: int) -> Sequence[str]:
        return list({self._member(): None for _ in range(count)})
