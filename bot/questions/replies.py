"""What commands about questions answer, in words."""

from collections.abc import Iterable, Sequence

from bot.communities.authors import WHAT_THE_HOST_KNOWS
from bot.communities.replies import setting
from bot.communities.subjects import Work
from bot.core.markup import rich
from bot.core.paging import page_of
from bot.core.post import Button, Job, Post, Style, channel, member, moment, when
from bot.core.reply import File, Reply, say
from bot.core.text import cut, escape, link, one_line, plural, shown
from bot.questions.acceptance import Accepted
from bot.questions.ama.cards import ama_outcome
from bot.questions.ama.sessions import Exported
from bot.questions.answers import Answered
from bot.questions.cards import (
    ROW,
    TITLE,
    about,
    answer_excerpt,
    answer_text,
    answerer,
    asker,
    name_in_list,
    question_name,
    wanted_by,
)
from bot.questions.keys import (
    AGREE,
    AMA_NEXT,
    DELETE,
    DELETE_NOW,
    DISAGREE,
    EDIT,
    FOLLOW,
    LIST,
    NOT_ME,
    POST_ANYWAY,
    SEARCH,
    TAKE_BACK,
    UNDO_ACCEPT,
    UNDO_CLOSE,
    UNFOLLOW,
)
from bot.questions.model import QuestionState
from bot.questions.revisions import Own
from bot.questions.search import Filter
from bot.questions.settings import QuestionSettingsView
from bot.questions.submissions import Asked, Similar
from bot.questions.views import AmaView, AnswerView, QuestionPage, QuestionView

EXCERPT = 200
WHOLE = 1200  # characters of each text of a question that is shown whole
MOST_ANSWERS = 10

# The same for all that is anonymous in a group: it depends on settings, never on the author.
ON_ITS_WAY = (
    f"Thanks, I have your question. Members and organisers won't see who asked; "
    f"{WHAT_THE_HOST_KNOWS} I'll message you when someone answers."
)
LOOKED_AT_FIRST = (
    f"Thanks, I have your question. Members and organisers won't see who asked; "
    f"{WHAT_THE_HOST_KNOWS} An organiser looks at it first. I'll message you when they have "
    "decided, and when someone answers."
)
ANSWER_ON_ITS_WAY = (
    f"Thanks, I have your answer. Members and organisers won't see who answered; "
    f"{WHAT_THE_HOST_KNOWS}"
)
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


def asked(asked: Asked) -> Reply:
    """A question is posted; or it is anonymous, and no more is told."""
    question = asked.question
    if question is None:
        return say(LOOKED_AT_FIRST if asked.approval else ON_ITS_WAY)
    where = channel(asked.place) if asked.place else "the channel"
    return say(
        f"Posted as question {question.number} in {where}. "
        "I'll ping you in its thread when someone answers."
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


def me_too(question: QuestionView) -> Reply:
    people = plural(question.me_too, "person", "people")
    return say(
        f"Noted: *Me too* from {people} so far. I'll ping you when someone answers.",
        Button(NOT_ME, str(question.id), "Take it back"),
        _unfollow_button(question),
    )


def me_too_taken_back(question: QuestionView) -> Reply:
    sentence = "Taken back. You still follow this question."
    return say(sentence, _unfollow_button(question))


def followed(question: QuestionView) -> Reply:
    sentence = "Following: I'll ping you when someone answers."
    return say(sentence, _unfollow_button(question))


def unfollowed(question: QuestionView) -> Reply:
    sentence = "Unfollowed: I won't ping you about this question any more."
    return say(sentence, Button(FOLLOW, str(question.id), "Follow"))


def _unfollow_button(question: QuestionView) -> Button:
    return Button(UNFOLLOW, str(question.id), "Unfollow")


def answered(answered: Answered, next_in: int | None = None) -> Reply:
    """An answer is posted; or it is anonymous, and no more is told.

    `next_in` is the AMA whose guest goes on with its next question.
    """
    go_on = (Button(AMA_NEXT, str(next_in), "Answer next", Style.PRIMARY),) if next_in else ()
    if answered.answer is None:
        return say(ANSWER_ON_ITS_WAY, *go_on)
    return say(f"Posted in {_where(answered.question)}. Thank you for your answer.", *go_on)


def _where(question: QuestionView) -> str:
    return channel(question.thread_ref) if question.thread_ref else "the question's thread"


def accepted(accepted: Accepted, community_ref: str = "") -> Reply:
    """In a direct message, the button of *Undo* names the community, too."""
    ids = f"{accepted.answer_id}-{accepted.before}"
    argument = f"{community_ref}.{ids}" if community_ref else ids
    sentence = f"Accepted. Question {accepted.question.number} now shows this answer."
    return say(sentence, Button(UNDO_ACCEPT, argument, "Undo"))


def accept_undone(question: QuestionView) -> Reply:
    return say(f"Undone: question {question.number} is {question.state}.")


def paper_added(work: Work) -> Reply:
    return say(f"Added: **{shown(work.title, 200)}**. Thank you.")


def closed(question: QuestionView, target: str) -> Reply:
    """`target` is the argument of the button, or what was chosen."""
    return say(f"Closed: {question_name(question)}", Button(UNDO_CLOSE, target, "Undo"))


def close_undone(question: QuestionView) -> Reply:
    return say(f"Undone: {question_name(question)} is {question.state} again.")


def reopened(question: QuestionView) -> Reply:
    return say(f"Open again: {question_name(question)}")


def stays_open(question: QuestionView) -> Reply:
    return say(f"Still open: {question_name(question)}")


def pings_turned(topics: Sequence[str], *, on: bool) -> Reply:
    """`topics` are all that the member helps with now."""
    if on:
        sentence = (
            "Pings on: I'll ping you once if a question on this topic has no answer for a day."
        )
    else:
        sentence = "Pings off: I won't ping you about this topic any more."
    helps = f"You help with: {', '.join(map(escape, topics))}." if topics else ""
    return say(f"{sentence} {helps}".rstrip())


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
        footnote="This can't be undone. Other people's answers stay in the thread.",
        buttons=(Button(DELETE_NOW, one.target, "Delete", Style.DANGER),),
        job=Job.QUESTIONS,
    )


def saved() -> Reply:
    return say("Saved. It's updated wherever it's posted.")


def deleted() -> Reply:
    return say("Deleted. Other people's answers stay.")


def upvoted(answer: AnswerView) -> Reply:
    sentence = f"Upvoted: the answer has {plural(answer.votes, 'upvote')}."
    return say(sentence, Button(TAKE_BACK, str(answer.id), "Take it back"))


def upvote_taken_back(answer: AnswerView) -> Reply:
    return say(f"Upvote taken back: the answer has {plural(answer.votes, 'upvote')}.")


def choices(questions: Iterable[QuestionView]) -> list[tuple[str, str]]:
    """Questions as autocomplete names them, in plain text, and their ids."""
    return [(choice_name(question), str(question.id)) for question in questions]


def choice_name(question: QuestionView) -> str:
    """How autocomplete names it: plain text."""
    number = f"{question.number} · " if question.number else ""
    return cut(f"{number}{one_line(question.title) or 'deleted by its author'}", 100)


def ask_consent(community_ref: str, *, anonymous: bool) -> Reply:
    """May it be published? Asked once of each author."""
    argument = f"{community_ref}.{int(anonymous)}"
    return say(
        f"May the organisers publish what you write {_by(anonymous)} in AMAs, as part of an "
        "interview? It isn't published unless you agree. Change your mind with `/ama consent`.",
        Button(AGREE, argument, "Yes, publish it", Style.SUCCESS),
        Button(DISAGREE, argument, "No"),
    )


def consent_noted(*, agreed: bool, anonymous: bool) -> Reply:
    if agreed:
        said = f"Agreed: what you write {_by(anonymous)} in AMAs may be published."
    else:
        said = f"Noted: what you write {_by(anonymous)} in AMAs won't be published."
    return say(f"{said} Change it with `/ama consent`.")


def _by(anonymous: bool) -> str:
    return "anonymously" if anonymous else "under your name"


def all_answered() -> Reply:
    return say("All questions are answered. New ones appear in the thread.")


def note_added() -> Reply:
    return say("Note added. It's in the document that `/ama export` makes.")


def ama_opened(ama: AmaView, channel_ref: str | None) -> Reply:
    where = channel(channel_ref) if channel_ref else "the questions channel"
    end = f"It ends {when(ama.until)}, or earlier with" if ama.until else "End it with"
    return say(f"Opened: “{ama.shown_title}” in {where}. {end} `/ama close`.")


def ama_closed(ama: AmaView) -> Reply:
    return say(
        f"Closed: “{ama.shown_title}”. {ama_outcome(ama)} Get it as a document with `/ama export`."
    )


def exported(exported: Exported) -> Reply:
    """The document, and how much it holds, so that nobody takes it for all that was said."""
    if exported.questions:
        holds = plural(
            exported.questions, "question with its answers", "questions with their answers"
        )
        said = f"The document has {holds}."
    else:
        said = "The document is empty: no question with an answer may be published yet."
    if exported.held_back:
        left_out = plural(
            exported.held_back,
            "question or answer is left out, as its author hasn't",
            "questions and answers are left out, as their authors haven't",
        )
        said += f" {left_out} agreed to publish it. They can with `/ama consent`."
    return say(said, file=File(exported.file_name, exported.text))


def setting_lines(settings: QuestionSettingsView) -> list[str]:
    """How questions are set, a line each."""
    asking = _ASKING[settings.anonymous_questions]
    if settings.anonymous_questions and settings.approval:
        asking += "; you approve anonymous questions first"
    return [
        setting("Questions", settings.channel_ref and channel(settings.channel_ref)),
        setting("Topics", ", ".join(map(escape, settings.topics))),
        setting("Members ask", asking),
        setting("Members answer", _ASKING[settings.anonymous_answers]),
        setting("Pause between questions", plural(settings.cooldown_minutes, "minute")),
        setting("Digest on Mondays", "yes" if settings.digest else "no"),
    ]


_ASKING = {True: "by name or anonymously", False: "by name"}
