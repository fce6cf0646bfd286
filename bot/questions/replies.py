"""What commands about questions answer, in words."""

from collections.abc import Sequence

from bot.communities.authors import WHAT_THE_HOST_KNOWS
from bot.communities.replies import setting
from bot.communities.subjects import Work
from bot.core.post import Button, Job, Post, Style, channel
from bot.core.reply import Reply, say
from bot.core.text import cut, escape, one_line, plural, shown
from bot.questions.answers.acceptance import Accepted
from bot.questions.answers.answers import Answered
from bot.questions.keys import (
    AMA_NEXT,
    DELETE_NOW,
    FOLLOW,
    NOT_ME,
    TAKE_BACK,
    UNDO_ACCEPT,
    UNDO_CLOSE,
    UNFOLLOW,
)
from bot.questions.posts.cards import (
    question_name,
)
from bot.questions.revisions import Own
from bot.questions.settings import QuestionSettingsView
from bot.questions.submissions import Asked
from bot.questions.views import AnswerView, QuestionView

EXCERPT = 200

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
