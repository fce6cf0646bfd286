"""What the services return: frozen values. Of an anonymous author they know nothing."""

from dataclasses import dataclass
from datetime import datetime

from bot.communities.subjects import Subject
from bot.core.text import shown
from bot.questions.model import Answer, AnswerState, Question, QuestionKind, QuestionState


@dataclass(frozen=True)
class AnswerView:
    """An answer, as it is shown."""

    id: int
    question_id: int
    question_number: int
    state: AnswerState
    text: str
    member_ref: str | None  # None: anonymous
    member_name: str
    message_ref: str | None
    votes: int
    accepted: bool
    created_at: datetime
    edited: bool = False
    message_url: str | None = None
    attached: str = ""


@dataclass(frozen=True)
class QuestionView:
    """A question, as it is shown. `thread_ref` is where it is discussed, once that is there."""

    id: int
    number: int  # 0 while it is not posted
    kind: QuestionKind
    state: QuestionState
    title: str
    details: str
    topic: str
    member_ref: str | None  # None: anonymous
    member_name: str
    addressee_ref: str | None
    ama_id: int | None
    follows_up: int | None  # the number of that question
    subject: Subject | None
    posted_at: datetime | None
    state_reason: str | None  # why it was closed, or opened again
    accepted: AnswerView | None
    answers: int
    me_too: int
    pointers: int
    thread_ref: str | None
    own_thread: bool  # which has its name
    edited: bool = False
    version: int = 1  # of what is to be decided

    @property
    def research(self) -> bool:
        return self.kind is QuestionKind.RESEARCH


@dataclass(frozen=True)
class QuestionPage:
    """A question with its answers, the accepted one first, then by votes."""

    question: QuestionView
    answers: tuple[AnswerView, ...]
    pointers: tuple["PointerView", ...]
    mine: bool = False  # whether whoever looks at it has asked it


@dataclass(frozen=True)
class AmaView:
    """An AMA, as it is shown."""

    id: int
    title: str
    guest_ref: str
    open: bool
    until: datetime | None
    questions: int
    answered: int
    thread_ref: str | None

    @property
    def shown_title(self) -> str:
        return shown(self.title, 200)


@dataclass(frozen=True)
class PointerView:
    title: str
    url: str | None
    note: str
    member_ref: str


def subject_of(question: Question) -> Subject | None:
    """What the question is about, as it was called when it was asked."""
    if question.subject_kind is None:
        return None
    return Subject(
        question.subject_kind,
        question.subject_id,
        question.subject_title or "",
        question.subject_url,
    )


def answer_view(answer: Answer, question: Question, votes: int) -> AnswerView:
    return AnswerView(
        id=answer.id,
        question_id=question.id,
        question_number=question.number or 0,
        state=AnswerState(answer.state),
        text=answer.text,
        member_ref=answer.member_ref,
        member_name=answer.member_name,
        message_ref=answer.message_ref,
        votes=votes,
        accepted=answer.id == question.accepted_id,
        created_at=answer.created_at,
        edited=answer.edited_at is not None,
        message_url=answer.message_url,
        attached=answer.attached or "",
    )


def question_view(
    question: Question,
    *,
    accepted: AnswerView | None = None,
    answers: int = 0,
    me_too: int = 0,
    pointers: int = 0,
    follows_up: int | None = None,
    thread_ref: str | None = None,
) -> QuestionView:
    """The question with what else belongs to it; a new one has none of that."""
    return QuestionView(
        id=question.id,
        number=question.number or 0,
        kind=QuestionKind(question.kind),
        state=QuestionState(question.state),
        title=question.title,
        details=question.details,
        topic=question.topic,
        member_ref=question.member_ref,
        member_name=question.member_name,
        addressee_ref=question.addressee_ref,
        ama_id=question.ama_id,
        follows_up=follows_up,
        subject=subject_of(question),
        posted_at=question.posted_at,
        state_reason=question.state_reason,
        accepted=accepted,
        answers=answers,
        me_too=me_too,
        pointers=pointers,
        thread_ref=thread_ref,
        own_thread=(question.place or "").startswith("question:"),
        edited=question.edited_at is not None,
        version=question.version,
    )
