"""What commands about questions answer, in words."""

from bot.communities.authors import WHAT_THE_HOST_KNOWS
from bot.communities.subjects import EXPERIENCE
from bot.core.markup import rich
from bot.core.post import Button, Job, Post, Style, channel, member, moment, when
from bot.core.text import cut, link, one_line, plural, shown
from bot.questions.ama.cards import AMA_NEXT, ama_outcome
from bot.questions.ama.sessions import Exported
from bot.questions.answers import Accepted
from bot.questions.cards import (
    FOLLOW,
    NOT_ME,
    POST_ANYWAY,
    ROW,
    TAKE_BACK,
    TITLE,
    UNFOLLOW,
    about,
    answer_excerpt,
    answer_text,
    answerer,
    asker,
    name_in_list,
)
from bot.questions.model import QuestionState
from bot.questions.moderation import Moderated
from bot.questions.revisions import Own
from bot.questions.search import Filter
from bot.questions.submissions import Asked, Similar
from bot.questions.views import AmaView, AnswerView, QuestionPage, QuestionView

EXCERPT = 200
WHOLE = 1200  # characters of each text of a question that is shown whole
MOST_ANSWERS = 10
EDIT, DELETE, DELETE_NOW = "question_edit", "question_delete", "question_delete_now"
UNDO_CLOSE, UNDO_ACCEPT, UNDO_DECISION = "undo_close", "undo_accept", "undo_decision"
AGREE, DISAGREE = "publish_yes", "publish_no"

# The same for all that is anonymous in a group: it depends on settings, never on the author.
ON_ITS_WAY = (
    f"Thanks. Members and organisers won't see who asked; {WHAT_THE_HOST_KNOWS} "
    "I'll write to you when there's an answer."
)
LOOKED_AT_FIRST = (
    f"Thanks. Members and organisers won't see who asked; {WHAT_THE_HOST_KNOWS} "
    "An organiser looks at the question first. I'll write to you when that's decided, and when "
    "there's an answer."
)
ANSWER_ON_ITS_WAY = f"Thanks. Members and organisers won't see who answered; {WHAT_THE_HOST_KNOWS}"
_TITLES = {
    Filter.OPEN: "Open questions",
    Filter.UNANSWERED: "Questions without an answer",
    Filter.ANSWERED: "Answered questions",
    Filter.WANTED: "Most wanted answers",
    Filter.RESEARCH: "Open research questions",
    Filter.MINE: "Your questions",
}
_EMPTY = {
    Filter.OPEN: "Nothing is open. `/ask` takes your question.",
    Filter.UNANSWERED: "Everything has an answer. `/ask` takes your question.",
    Filter.ANSWERED: "Nothing was answered yet. `/question list` has what is open.",
    Filter.WANTED: "Nothing is open. `/ask` takes your question.",
    Filter.RESEARCH: "There are none yet. `/ask` takes one; mark it as an open research question.",
    Filter.MINE: "You have asked nothing yet. `/ask` takes your question.",
}
_STATES = {
    QuestionState.OPEN: "open",
    QuestionState.ANSWERED: "answered",
    QuestionState.CLOSED: "closed",
}


def list_title(wanted: Filter, topic: str) -> str:
    return _TITLES[wanted] + (f": {shown(topic, 50)}" if topic else "")


def list_empty(wanted: Filter) -> str:
    return _EMPTY[wanted]


def asked_sentence(asked: Asked) -> str:
    question = asked.question
    if question is None:
        return LOOKED_AT_FIRST if asked.approval else ON_ITS_WAY
    where = channel(asked.place) if asked.place else "the channel"
    return (
        f"Question {question.number} goes to {where}: **{shown(question.title, TITLE)}**. "
        "You are pinged in its thread when somebody answers."
    )


def similar_card(similar: Similar) -> Post:
    """Before anything is posted: perhaps it is answered already."""
    return Post(
        title="Does one of these help?",
        details=tuple(_found_row(question) for question in similar.found),
        footnote="Your question is not posted yet; I keep it for a day.",
        buttons=(Button(POST_ANYWAY, str(similar.draft_id), "Post my question", Style.PRIMARY),),
        job=Job.QUESTIONS,
    )


def search_row(question: QuestionView) -> str:
    return _found_row(question)


def _found_row(question: QuestionView) -> str:
    """A question with the first lines of its accepted answer."""
    said = plural(question.answers, "answer")
    if question.accepted is not None:
        said = answer_excerpt(question.accepted, EXCERPT)
    return f"{name_in_list(question, ROW)}\n> {said}"


def question_row(question: QuestionView) -> str:
    if question.posted_at is None:
        return f"**{shown(question.title, ROW)}**\n-# It waits for the organisers."
    parts = [shown(question.topic, 40), _STATES.get(question.state, "hidden")]
    parts.append(plural(question.answers, "answer"))
    if question.me_too:
        parts.append(f"{plural(question.me_too, 'wants', 'want')} to know, too")
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


def me_too_sentence(question: QuestionView, *, wanted: bool) -> str:
    if not wanted:
        return "Taken back. You still follow it; *Unfollow* ends that."
    many = plural(question.me_too, "member wants", "members want")
    return f"Noted: {many} to know this, too. You are pinged when somebody answers."


def me_too_buttons(question: QuestionView, *, wanted: bool) -> tuple[Button, ...]:
    number = str(question.id)
    back = (Button(NOT_ME, number, "Take it back"),) if wanted else ()
    return (*back, Button(UNFOLLOW, number, "Unfollow"))


def followed_sentence(*, wanted: bool) -> str:
    if wanted:
        return "You follow this question: you are pinged when somebody answers."
    return "You don't follow this question any more."


def follow_buttons(question: QuestionView, *, wanted: bool) -> tuple[Button, ...]:
    number = str(question.id)
    if wanted:
        return (Button(UNFOLLOW, number, "Unfollow"),)
    return (Button(FOLLOW, number, "Follow"),)


def answered_sentence(question: QuestionView, answer: AnswerView | None) -> str:
    if answer is None:
        return ANSWER_ON_ITS_WAY
    return f"Thank you. Your answer goes to {_where(question)}."


def _where(question: QuestionView) -> str:
    return channel(question.thread_ref) if question.thread_ref else "the question's thread"


def undo_accept_button(accepted: Accepted) -> Button:
    return Button(UNDO_ACCEPT, f"{accepted.answer_id}-{accepted.before}", "Undo")


def own_name(one: Own) -> str:
    """How autocomplete names what somebody wrote: plain text."""
    number = str(one.number or "not posted")
    what = f"Answer to {number}" if one.is_answer else number
    return cut(f"{what} · {one_line(one.text if one.is_answer else one.title)}", 100)


def delete_first(one: Own) -> Post:
    """Asks before something is deleted that can't be had back."""
    what = f"your answer to question {one.number}" if one.is_answer else "your question"
    said = one.text if one.is_answer else one.title
    return Post(
        title=f"Delete {what}?",
        text=f"> {shown(said, EXCERPT)}",
        footnote="This can't be undone. Answers by others stay in the thread.",
        buttons=(Button(DELETE_NOW, one.target, "Delete", Style.DANGER),),
        job=Job.QUESTIONS,
    )


def accepted_sentence(question: QuestionView) -> str:
    return f"Accepted. Question {question.number} shows it."


def voted_sentence(answer: AnswerView, *, wanted: bool) -> str:
    did = "Your upvote counts" if wanted else "Your upvote is taken back"
    return f"{did}: the answer has {plural(answer.votes, 'upvote')}."


def vote_buttons(answer: AnswerView, *, wanted: bool) -> tuple[Button, ...]:
    return (Button(TAKE_BACK, str(answer.id), "Take it back"),) if wanted else ()


def moderated_name(one: Moderated) -> str:
    """How lists for organisers name a question, an answer or an experience: plain text."""
    if one.target.startswith(EXPERIENCE):
        return cut(f"Experience · {one_line(one.text) or 'untitled'}", 100)
    what = f"Answer to {one.number}" if one.is_answer else str(one.number or "not posted")
    return cut(f"{what} · {one_line(one.text) or 'deleted by its author'}", 100)


def choice_name(question: QuestionView) -> str:
    """How autocomplete names it: plain text."""
    number = f"{question.number} · " if question.number else ""
    return cut(f"{number}{one_line(question.title) or 'deleted by its author'}", 100)


def consent_sentence(agreed: bool | None, *, anonymous: bool) -> str:
    by = "without your name" if anonymous else "under your name"
    if agreed is None:
        return (
            f"May what you write {by} in these sessions be published as an interview? Until you "
            "agree it is not; `/ama consent` changes it at any time."
        )
    if agreed:
        said = f"Agreed: what you write {by} in these sessions may be published."
    else:
        said = f"What you write {by} in these sessions is not published."
    return f"{said} `/ama consent` changes it."


def consent_buttons(community_ref: str, *, anonymous: bool) -> tuple[Button, ...]:
    argument = f"{community_ref}.{int(anonymous)}"
    return (
        Button(AGREE, argument, "Yes, it may", Style.SUCCESS),
        Button(DISAGREE, argument, "No"),
    )


def next_button(ama_id: int) -> Button:
    return Button(AMA_NEXT, str(ama_id), "Answer next", Style.PRIMARY)


def opened_sentence(ama: AmaView, channel_ref: str | None) -> str:
    where = channel(channel_ref) if channel_ref else "the questions channel"
    until = f"It ends {when(ama.until)}, or before that with" if ama.until else "It ends with"
    return f"“{ama.shown_title}” opens in {where}. {until} `/ama close`."


def closed_sentence(ama: AmaView) -> str:
    return (
        f"“{ama.shown_title}” is closed. {ama_outcome(ama)} `/ama export` makes a document of it."
    )


def exported_sentence(exported: Exported) -> str:
    """How much the document holds, so that nobody takes it for all that was said."""
    if exported.questions:
        said = f"It has {plural(exported.questions, 'question')} with what was answered."
    else:
        said = "It is empty: there is no question yet that may be published with an answer."
    if exported.held_back:
        wrote = plural(exported.held_back, "question or answer", "questions and answers")
        has = "has" if exported.held_back == 1 else "have"
        said += (
            f" {wrote} {has} been left out, since their authors have not agreed; they can, with "
            "`/ama consent`."
        )
    return said
