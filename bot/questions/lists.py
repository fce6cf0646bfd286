"""Questions as one person looks them up: lists, what was found, one question whole."""

from collections.abc import Iterable, Sequence

from bot.core.markup import rich
from bot.core.paging import page_of
from bot.core.post import Button, Job, Post, Style, channel, member, moment
from bot.core.text import cut, link, one_line, plural, shown
from bot.questions.keys import (
    DELETE,
    EDIT,
    LIST,
    POST_ANYWAY,
    SEARCH,
)
from bot.questions.model import QuestionState
from bot.questions.posts.cards import (
    ROW,
    TITLE,
    about,
    answer_excerpt,
    answer_text,
    answerer,
    asker,
    name_in_list,
    wanted_by,
)
from bot.questions.replies import EXCERPT
from bot.questions.search import Filter
from bot.questions.submissions import Similar
from bot.questions.views import QuestionPage, QuestionView

WHOLE = 1200  # characters of each text of a question that is shown whole
MOST_ANSWERS = 10


_TITLES = {
    Filter.OPEN: "Open questions",
    Filter.UNANSWERED: "Questions without an answer",
    Filter.ANSWERED: "Answered questions",
    Filter.WANTED: "Most wanted answers",
    Filter.RESEARCH: "Open research questions",
    Filter.MINE: "Your questions",
}


_EMPTY = {
    Filter.OPEN: "No open questions. Ask one with `/ask`.",
    Filter.UNANSWERED: "Every question has an answer. Ask another with `/ask`.",
    Filter.ANSWERED: "No question has been answered yet. `/question list` shows open ones.",
    Filter.WANTED: "No open questions. Ask one with `/ask`.",
    Filter.RESEARCH: "No open research questions yet. Ask one with `/ask` and tick its box.",
    Filter.MINE: "You haven't asked anything yet. Ask with `/ask`.",
}


_STATES = {
    QuestionState.OPEN: "open",
    QuestionState.ANSWERED: "answered",
    QuestionState.CLOSED: "closed",
}


def list_page(questions: Sequence[QuestionView], wanted: Filter, topic: str, number: int) -> Post:
    """A page of the questions of a kind."""
    return page_of(
        _TITLES[wanted] + (f": {shown(topic, 50)}" if topic else ""),
        [question_row(question) for question in questions],
        number,
        LIST,
        empty=_EMPTY[wanted],
        argument=f"{wanted}.{one_line(topic)}",
        job=Job.QUESTIONS,
    )


def search_page(found: Sequence[QuestionView], text: str, number: int) -> Post:
    """A page of what was found."""
    return page_of(
        "Questions found",
        [_found_row(question) for question in found],
        number,
        SEARCH,
        empty="No question has all of these words. Ask it with `/ask`.",
        argument=one_line(text),
        job=Job.QUESTIONS,
    )


def similar_card(similar: Similar) -> Post:
    """Before anything is posted: perhaps it is answered already."""
    return Post(
        title="Does one of these help?",
        details=tuple(_found_row(question) for question in similar.found),
        footnote="Your question isn't posted yet. I'll keep it for a day.",
        buttons=(Button(POST_ANYWAY, str(similar.draft_id), "Post my question", Style.PRIMARY),),
        job=Job.QUESTIONS,
    )


def _found_row(question: QuestionView) -> str:
    """A question with the first lines of its accepted answer."""
    said = plural(question.answers, "answer")
    if question.accepted is not None:
        said = answer_excerpt(question.accepted, EXCERPT)
    return f"{name_in_list(question, ROW)}\n> {said}"


def question_row(question: QuestionView) -> str:
    if question.posted_at is None:
        return f"**{shown(question.title, ROW)}**\n-# Waiting for the organisers"
    parts = [shown(question.topic, 40), _STATES.get(question.state, "hidden")]
    parts.append(plural(question.answers, "answer"))
    if question.me_too:
        parts.append(wanted_by(question))
    parts.append(moment(question.posted_at, "R"))
    return f"{name_in_list(question, ROW)}\n-# {' · '.join(parts)}"


def whole_question(page: QuestionPage) -> Post:
    """All there is to a question, for one person."""
    question = page.question
    answers = [
        f"{'✓ ' if answer.accepted else ''}**{plural(answer.votes, 'upvote')}** · "
        f"{answerer(answer)}\n{answer_text(answer, WHOLE)}"
        for answer in page.answers[:MOST_ANSWERS]
    ]
    if len(page.answers) > MOST_ANSWERS:
        answers.append(f"-# and {plural(len(page.answers) - MOST_ANSWERS, 'more answer')}")
    pointers = [
        f"- {link(one.title, one.url, TITLE)} · from {member(one.member_ref)}"
        for one in page.pointers
    ]
    state = _STATES.get(question.state, "hidden")
    where = f" → {channel(question.thread_ref)}" if question.thread_ref else ""
    return Post(
        title=shown(question.title, TITLE),
        text=f"Question {question.number} · {shown(question.topic, 50)} · {state} · asked by "
        f"{asker(question)}{where}",
        details=tuple(
            part
            for part in (
                rich(question.details, WHOLE),
                about(question.subject) if question.subject else "",
                *answers,
                "\n".join(pointers),
            )
            if part
        ),
        buttons=_author_buttons(f"question.{question.id}") if page.mine else (),
        job=Job.QUESTIONS,
    )


def _author_buttons(target: str) -> tuple[Button, ...]:
    return (Button(EDIT, target, "Edit"), Button(DELETE, target, "Delete", Style.DANGER))


def choices(questions: Iterable[QuestionView]) -> list[tuple[str, str]]:
    """Questions as autocomplete names them, in plain text, and their ids."""
    return [(choice_name(question), str(question.id)) for question in questions]


def choice_name(question: QuestionView) -> str:
    """How autocomplete names it: plain text."""
    number = f"{question.number} · " if question.number else ""
    return cut(f"{number}{one_line(question.title) or 'deleted by its author'}", 100)
