"""What commands about questions answer, in words."""

from collections.abc import Iterable, Sequence

from bot.communities.authors import WHAT_THE_HOST_KNOWS
from bot.communities.replies import setting
from bot.communities.subjects import EXPERIENCE, Work
from bot.core.markup import rich
from bot.core.paging import page_of
from bot.core.post import Button, Job, Post, Style, channel, member, moment, when
from bot.core.reply import File, Reply, say
from bot.core.text import cut, escape, link, one_line, plural, shown
from bot.questions.ama.cards import AMA_NEXT, ama_outcome
from bot.questions.ama.sessions import Exported
from bot.questions.answers import Accepted, Answered
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
    question_name,
)
from bot.questions.model import QuestionState
from bot.questions.moderation import Moderated
from bot.questions.revisions import Own
from bot.questions.search import Filter
from bot.questions.settings import QuestionPreferences
from bot.questions.submissions import Asked, Similar
from bot.questions.views import AmaView, AnswerView, QuestionPage, QuestionView

EXCERPT = 200
WHOLE = 1200  # characters of each text of a question that is shown whole
MOST_ANSWERS = 10
LIST, SEARCH = "question_list", "question_search"
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
        empty="Nothing here has all of these words. `/ask` takes your question.",
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


def me_too(question: QuestionView) -> Reply:
    many = plural(question.me_too, "member wants", "members want")
    return say(
        f"Noted: {many} to know this, too. You are pinged when somebody answers.",
        Button(NOT_ME, str(question.id), "Take it back"),
        _unfollow_button(question),
    )


def me_too_taken_back(question: QuestionView) -> Reply:
    sentence = "Taken back. You still follow it; *Unfollow* ends that."
    return say(sentence, _unfollow_button(question))


def followed(question: QuestionView) -> Reply:
    sentence = "You follow this question: you are pinged when somebody answers."
    return say(sentence, _unfollow_button(question))


def unfollowed(question: QuestionView) -> Reply:
    sentence = "You don't follow this question any more."
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
    return say(f"Thank you. Your answer goes to {_where(answered.question)}.", *go_on)


def _where(question: QuestionView) -> str:
    return channel(question.thread_ref) if question.thread_ref else "the question's thread"


def accepted(accepted: Accepted, community_ref: str = "") -> Reply:
    """In a direct message, the button of *Undo* names the community, too."""
    ids = f"{accepted.answer_id}-{accepted.before}"
    argument = f"{community_ref}.{ids}" if community_ref else ids
    sentence = f"Accepted. Question {accepted.question.number} shows it."
    return say(sentence, Button(UNDO_ACCEPT, argument, "Undo"))


def accept_undone(question: QuestionView) -> Reply:
    return say(f"Undone: question {question.number} is {question.state}.")


def paper_added(work: Work) -> Reply:
    return say(f"Thank you. **{shown(work.title, 200)}** is added.")


def closed(question: QuestionView, target: str) -> Reply:
    """`target` is the argument of the button, or what was chosen."""
    return say(f"{question_name(question)} is closed.", Button(UNDO_CLOSE, target, "Undo"))


def close_undone(question: QuestionView) -> Reply:
    return say(f"Undone: {question_name(question)} is {question.state} again.")


def reopened(question: QuestionView) -> Reply:
    return say(f"{question_name(question)} is open again.")


def stays_open(question: QuestionView) -> Reply:
    return say(f"{question_name(question)} stays open.")


def pings_turned(topics: Sequence[str], *, on: bool) -> Reply:
    """`topics` are all that the member helps with now."""
    if on:
        sentence = "You are pinged, once, when a question of that topic has no answer after a day."
    else:
        sentence = "You are not pinged for that topic any more."
    return say(f"{sentence} You help with: {', '.join(map(escape, topics)) or 'nothing'}.")


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


def saved() -> Reply:
    return say("Saved. Wherever it's posted, it reads like this now.")


def deleted() -> Reply:
    return say("Deleted. Answers by others stay.")


def upvoted(answer: AnswerView) -> Reply:
    sentence = f"Your upvote counts: the answer has {plural(answer.votes, 'upvote')}."
    return say(sentence, Button(TAKE_BACK, str(answer.id), "Take it back"))


def upvote_taken_back(answer: AnswerView) -> Reply:
    return say(f"Your upvote is taken back: the answer has {plural(answer.votes, 'upvote')}.")


def moderated_name(one: Moderated) -> str:
    """How lists for organisers name a question, an answer or an experience: plain text."""
    if one.target.startswith(EXPERIENCE):
        return cut(f"Experience · {one_line(one.text) or 'untitled'}", 100)
    what = f"Answer to {one.number}" if one.is_answer else str(one.number or "not posted")
    return cut(f"{what} · {one_line(one.text) or 'deleted by its author'}", 100)


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
        f"May what you write {_by(anonymous)} in these sessions be published as an interview? "
        "Until you agree it is not; `/ama consent` changes it at any time.",
        Button(AGREE, argument, "Yes, it may", Style.SUCCESS),
        Button(DISAGREE, argument, "No"),
    )


def consent_noted(*, agreed: bool, anonymous: bool) -> Reply:
    if agreed:
        said = f"Agreed: what you write {_by(anonymous)} in these sessions may be published."
    else:
        said = f"What you write {_by(anonymous)} in these sessions is not published."
    return say(f"{said} `/ama consent` changes it.")


def _by(anonymous: bool) -> str:
    return "without your name" if anonymous else "under your name"


def all_answered() -> Reply:
    return say("All is answered. New questions come into the thread.")


def note_added() -> Reply:
    return say("Noted. `/ama export` has it.")


def ama_opened(ama: AmaView, channel_ref: str | None) -> Reply:
    where = channel(channel_ref) if channel_ref else "the questions channel"
    until = f"It ends {when(ama.until)}, or before that with" if ama.until else "It ends with"
    return say(f"“{ama.shown_title}” opens in {where}. {until} `/ama close`.")


def ama_closed(ama: AmaView) -> Reply:
    return say(
        f"“{ama.shown_title}” is closed. {ama_outcome(ama)} `/ama export` makes a document of it."
    )


def exported(exported: Exported) -> Reply:
    """The document, and how much it holds, so that nobody takes it for all that was said."""
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
    return say(said, file=File(exported.file_name, exported.text))


def setting_lines(settings: QuestionPreferences) -> list[str]:
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
