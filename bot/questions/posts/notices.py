"""Posts that ask or tell somebody something: pings, direct messages, reviews, the digest."""

from collections.abc import Sequence

from bot.core.markup import rich
from bot.core.post import (
    Button,
    Job,
    Post,
    Style,
    Topic,
    channel,
    member,
    pinging,
)
from bot.core.text import plural, shown
from bot.questions.keys import (
    ACCEPT,
    ANSWER,
    APPROVE,
    CLOSE,
    DECLINE,
    HIDE,
    ME_TOO,
    MERGE,
    STILL_OPEN,
)
from bot.questions.posts.cards import (
    EXCERPT,
    NAME,
    ROW,
    TEXT,
    TITLE,
    about,
    answer_excerpt,
    answerer,
    asker,
    name_in_list,
    question_name,
    wanted_by,
)
from bot.questions.views import AnswerView, QuestionView

ROWS_IN_A_DIGEST, BEST_IN_A_DIGEST = 10, 3


def addressed(question: QuestionView) -> Post:
    """Pings the person whom a question is addressed to."""
    post = Post(
        title="A question for you",
        text=f"{shown(question.title, TITLE)}\n"
        f"Question {question.number}, asked by {asker(question)}",
        buttons=(Button(ANSWER, str(question.id), "Answer", Style.PRIMARY),),
        job=Job.QUESTIONS,
    )
    return pinging(post, [question.addressee_ref or ""])


def pointed_to(question: QuestionView, channel_ref: str) -> Post:
    """For the thread of what the question is about."""
    return Post(
        title="Someone asked about this",
        text=f"{shown(question.title, TITLE)}\n"
        f"Question {question.number} in {channel(channel_ref)}, asked by {asker(question)}",
        buttons=(
            Button(ANSWER, str(question.id), "Answer", Style.PRIMARY),
            Button(ME_TOO, str(question.id), "Me too"),
        ),
        job=Job.QUESTIONS,
    )


def also_pinged(answer: AnswerView, refs: Sequence[str]) -> Post:
    """For those whom one message has no room to ping."""
    title = f"New answer to question {answer.question_number}"
    return pinging(Post(title=title, job=Job.QUESTIONS), refs)


def answered_for_you(answer: AnswerView, question: QuestionView, community_ref: str) -> Post:
    """For an anonymous asker, in a direct message."""
    argument = f"{community_ref}.{answer.id}"
    return Post(
        title="Someone answered your question",
        text=f"{question_name(question)}\n{rich(answer.text, TEXT)}",
        details=(f"by {answerer(answer)}",),
        footnote="Members and organisers won't see that you asked.",
        buttons=(Button(ACCEPT, argument, "Accept", Style.SUCCESS),),
        job=Job.QUESTIONS,
    )


def decided(question: QuestionView, outcome: str) -> Post:
    """Tells the author of a question what the organisers have decided."""
    return Post(
        title=f"Your question: {shown(question.title, TITLE)}",
        text=outcome,
        details=("You wrote:", rich(question.details, TEXT)) if question.details else (),
        job=Job.QUESTIONS,
    )


def review_card(
    question: QuestionView,
    community_ref: str,
    *,
    into: str = "",
    outcome: str = "",
    by: str = "",
) -> Post:
    """What waits for the organisers; or what they have decided."""
    argument = f"{community_ref}.{question.id}"
    if question.version > 1:  # what is approved is what was looked at
        argument = f"{argument}.{question.version}"
    buttons = (
        Button(APPROVE, argument, "Approve", Style.SUCCESS),
        Button(MERGE, argument, "Merge"),
        Button(DECLINE, argument, "Decline", Style.DANGER),
    )
    where = f" · for {into}" if into else ""
    return Post(
        title=shown(question.title, TITLE) or "A question",
        text=f"{shown(question.topic, NAME)} · asked by {asker(question)}{where}",
        details=tuple(
            part
            for part in (
                rich(question.details, TEXT),
                about(question.subject) if question.subject else "",
            )
            if part
        ),
        footnote=_decision(outcome, by) or "Post this question?",
        buttons=() if outcome else buttons,
        job=Job.NOTICE,
    )


def _decision(outcome: str, by: str) -> str:
    return f"{outcome} by {member(by)}" if by else outcome


def edited_notice(question: QuestionView, community_ref: str) -> Post:
    """For organisers who look at anonymous questions: one of them reads differently now."""
    return Post(
        title=f"Edited by its author: question {question.number}",
        text=question_name(question),
        details=(rich(question.details, TEXT),) if question.details else (),
        buttons=(Button(HIDE, f"{community_ref}.{question.id}", "Hide it", Style.DANGER),),
        job=Job.NOTICE,
    )


def offer(question: QuestionView, helpers: Sequence[str]) -> Post:
    """For those who help with a topic; for everybody else a line in the thread."""
    post = Post(
        title="Can you help?",
        text=f"Nobody has answered question {question.number} yet: {shown(question.title, TITLE)}",
        footnote=f"You help with {shown(question.topic, NAME)}; change it with /question helper.",
        buttons=(
            Button(ANSWER, str(question.id), "Answer", Style.PRIMARY),
            Button(ME_TOO, str(question.id), "Me too"),
        ),
        job=Job.QUESTIONS,
    )
    return pinging(post, helpers)


def nudge(question: QuestionView, private_in: str = "") -> Post:
    """Asks whether a question is still open; pings its author unless they are anonymous.

    `private_in` is the community's ref, in a direct message to an anonymous asker.
    """
    argument = f"{private_in}.{question.id}" if private_in else str(question.id)
    if question.answers:
        text = "It has answers, but none is accepted. Did one of them help?"
    else:
        text = "Nobody has answered yet. Do you still want to know?"
    post = Post(
        title=f"Is question {question.number} still open?",
        text=f"{shown(question.title, TITLE)}\n{text}",
        details=(question_name(question),) if private_in else (),
        footnote="It stays open until someone closes it.",
        buttons=(
            Button(STILL_OPEN, argument, "Still open", Style.PRIMARY),
            Button(CLOSE, argument, "Close it"),
        ),
        job=Job.QUESTIONS,
    )
    asked_by = question.member_ref
    return pinging(post, [asked_by]) if asked_by and not private_in else post


def digest(
    unanswered: Sequence[QuestionView], answered: Sequence[QuestionView], open_: int
) -> Post:
    """The week's questions: what nobody has answered, and what was answered best."""
    rows: list[str] = []
    if unanswered:
        rows.append("**Without an answer**")
        rows += [_digest_row(question) for question in unanswered[:ROWS_IN_A_DIGEST]]
    if len(unanswered) < open_:
        are_open = plural(open_, "question is open", "questions are open")
        rows.append(f"-# {are_open}; see `/question list`.")
    if answered:
        rows.append("**Best answers this week**")
        for question in answered[:BEST_IN_A_DIGEST]:
            assert question.accepted is not None
            excerpt = answer_excerpt(question.accepted, EXCERPT)
            rows.append(f"{name_in_list(question, ROW)}\n> {excerpt}")
    return Post(title="This week's questions", details=("\n".join(rows),), job=Job.QUESTIONS)


def digest_topic(post: Post, day: str) -> Topic:
    return Topic(f"This week's questions · {day}", post)


def _digest_row(question: QuestionView) -> str:
    more = f" · {wanted_by(question)}" if question.me_too else ""
    return f"{name_in_list(question, ROW)}{more}"
