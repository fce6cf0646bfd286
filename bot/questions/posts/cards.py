"""The wording of every post about questions, as values."""

from collections.abc import Iterable

from bot.communities.subjects import EXPERIENCE, MEETING, PAPER, Subject
from bot.core.markup import rich, rich_line
from bot.core.post import (
    Button,
    Job,
    Post,
    Style,
    Thread,
    Topic,
    channel,
    member,
    pinging,
)
from bot.core.text import cut, harmless, link, one_line, plural, shown
from bot.questions.keys import (
    ACCEPT,
    ANSWER,
    FOLLOW,
    FOLLOW_UP,
    ME_TOO,
    POINT,
    UPVOTE,
)
from bot.questions.model import QuestionState
from bot.questions.views import AnswerView, PointerView, QuestionView

TITLE = 250
NAME = 80
TEXT = 3000  # characters of details or of an answer, markup included
EXCERPT = 300
REASON = 350
THREAD_NAME = 100
ROW = 90  # characters of a title in a list; so much of it a thread's name has, too
MOST_PINGED = 100  # members that one message can notify
ANONYMOUS = "an anonymous member"
_STATUS = {
    QuestionState.OPEN: "Open",
    QuestionState.ANSWERED: "Answered",
    QuestionState.CLOSED: "Closed",
}
_GONE = {  # on the card, and as the name of its thread
    QuestionState.HIDDEN: ("The organisers have hidden this question.", "hidden by the organisers"),
    QuestionState.DELETED: ("This question was deleted by its author.", "deleted by its author"),
}
EDITED = " · edited"
_KINDS = {PAPER: "the paper", MEETING: "the meeting on", EXPERIENCE: "the experience"}


def asker(question: QuestionView) -> str:
    return member(question.member_ref) if question.member_ref else ANONYMOUS


def answerer(answer: AnswerView) -> str:
    return member(answer.member_ref) if answer.member_ref else ANONYMOUS


def answer_excerpt(answer: AnswerView, limit: int) -> str:
    """How an answer begins, in one line; a member's own message is led to, whatever it holds."""
    said = [rich_line(answer.text, limit)] if answer.text else []
    if answer.attached:
        said.append(f"*{answer.attached}*")
    if answer.message_url:
        said.append(f"[See the message]({answer.message_url})")
    return " · ".join(said)


def answer_text(answer: AnswerView, limit: int) -> str:
    """The answer with its code; of a member's own message, what else it holds and where it is."""
    return "\n".join(
        part
        for part in (
            rich(answer.text, limit),
            f"*{answer.attached}*" if answer.attached else "",
            f"[See the message]({answer.message_url})" if answer.message_url else "",
        )
        if part
    )


def question_name(question: QuestionView, longest: int = TITLE) -> str:
    """The question as others refer to it: its title, and where it is discussed."""
    where = f" → {channel(question.thread_ref)}" if question.thread_ref else ""
    return f"**{question.number} · {shown(question.title, longest)}**{where}"


def name_in_list(question: QuestionView, longest: int) -> str:
    """The same for lists: a thread that has the question's name says it once."""
    if question.own_thread and question.thread_ref and len(question.title) <= longest:
        return f"**{channel(question.thread_ref)}**"
    return question_name(question, longest)


def about(subject: Subject) -> str:
    return (
        f"About {_KINDS.get(subject.kind, '')} {harmless(link(subject.title, subject.url, TITLE))}"
    )


def tags_of(question: QuestionView) -> tuple[str, ...]:
    """What a forum calls it: its topic and its status."""
    kind = ("Research",) if question.research else ()
    return (question.topic, _STATUS.get(question.state, "Closed"), *kind)


def question_card(question: QuestionView) -> Post:
    """A question as everybody sees it; it changes with what becomes of it."""
    if question.state in _GONE:
        return gone_question(question)
    what = "Open research question" if question.research else "Question"
    topic = shown(question.topic, NAME)
    details = (
        rich(question.details, TEXT),
        about(question.subject) if question.subject else "",
        f"For {member(question.addressee_ref)}" if question.addressee_ref else "",
        _state_line(question),
        _counts(question),
    )
    answered = question.accepted is not None
    title = shown(question.title, TITLE)
    return Post(
        title=f"✓ {title}" if answered else title,
        text=f"{what} {question.number} · {topic} · asked by {asker(question)}{_follows(question)}"
        f"{EDITED if question.edited else ''}",
        details=tuple(part for part in details if part),
        buttons=_buttons(question),
        job=Job.QUESTIONS,
        settled=answered,
    )


def gone_question(question: QuestionView) -> Post:
    """Replaces the card of a question that nobody may see any more."""
    text = _GONE[question.state][0]
    return Post(title=f"Question {question.number}", text=text, job=Job.QUESTIONS)


def _follows(question: QuestionView) -> str:
    return f" · follows up question {question.follows_up}" if question.follows_up else ""


def _state_line(question: QuestionView) -> str:
    """What has become of it: the accepted answer stays when it is closed."""
    reason = shown(question.state_reason or "", REASON)
    lines = []
    if question.accepted is not None:
        answer = question.accepted
        lines.append(f"**Answered by {answerer(answer)}:** {answer_excerpt(answer, EXCERPT)}")
    if question.state is QuestionState.CLOSED:
        lines.append(f"**Closed**{': ' + reason if reason else '.'}")
    elif reason and question.accepted is None:
        lines.append(f"**Open again:** {reason}")
    return "\n".join(lines)


def _counts(question: QuestionView) -> str:
    counts = [plural(question.answers, "answer")]
    if question.research:
        counts.append(plural(question.pointers, "paper"))
    if question.me_too:
        counts.append(wanted_by(question))
    return " · ".join(counts)


def wanted_by(question: QuestionView) -> str:
    """How many besides its author want to know."""
    one, many = "other person wants to know", "other people want to know"
    return plural(question.me_too, one, many)


def _buttons(question: QuestionView) -> tuple[Button, ...]:
    number = str(question.id)
    if question.state is QuestionState.CLOSED:
        return ()
    asks = Style.PRIMARY if question.accepted is None else Style.SECONDARY
    buttons = [
        Button(ANSWER, number, "Answer", asks),
        Button(ME_TOO, number, "Me too"),
        Button(FOLLOW, number, "Follow"),
    ]
    if question.research:
        buttons.append(Button(POINT, number, "Add a paper"))
    return tuple(buttons)


def question_topic(question: QuestionView) -> Topic:
    return Topic(thread_name(question), question_card(question), tags_of(question))


def question_thread(question: QuestionView) -> Thread:
    return Thread(thread_name(question))


def thread_name(question: QuestionView) -> str:
    """How its thread is called: by its title, as long as that may be seen."""
    if question.state in _GONE:
        return f"{question.number} · {_GONE[question.state][1]}"
    return cut(f"{question.number} · {one_line(question.title)}", THREAD_NAME)


def answer_card(answer: AnswerView, question: QuestionView, to_ping: Iterable[str] = ()) -> Post:
    """An answer in the question's thread. It names the question, which may share its thread."""
    title = f"Answer to question {answer.question_number}"
    refs = sorted(to_ping)[:MOST_PINGED]
    post = Post(
        title=f"✓ {title}" if answer.accepted else title,
        text=rich(answer.text, TEXT),
        details=(
            f"by {answerer(answer)} · **{plural(answer.votes, 'upvote')}**"
            f"{EDITED if answer.edited else ''}",
        ),
        footnote="Accepted answer" if answer.accepted else "",
        buttons=(
            Button(UPVOTE, str(answer.id), "Upvote"),
            *(
                ()
                if answer.accepted or question.state in (QuestionState.CLOSED, *_GONE)
                else (Button(ACCEPT, str(answer.id), "Accept", Style.SUCCESS),)
            ),
            *((Button(FOLLOW_UP, str(question.id), "Follow up"),) if question.ama_id else ()),
        ),
        job=Job.QUESTIONS,
    )
    return pinging(post, refs) if refs else post


def hidden_answer(number: int) -> Post:
    return Post(
        title=f"Answer to question {number}",
        text="The organisers have hidden this answer.",
        job=Job.QUESTIONS,
    )


def gone_answer(number: int) -> Post:
    return Post(
        title=f"Answer to question {number}",
        text="This answer was deleted by its author.",
        job=Job.QUESTIONS,
    )


def pointer_card(pointer: PointerView, question: QuestionView) -> Post:
    return Post(
        title=link(pointer.title, pointer.url, TITLE),
        text=f"A paper for question {question.number}, added by {member(pointer.member_ref)}",
        details=(rich(pointer.note, TEXT),) if pointer.note else (),
        job=Job.QUESTIONS,
    )
