"""The wording of every post about AMAs, as values."""

from collections.abc import Sequence

from bot.core.post import Button, Job, Post, Style, Thread, Topic, channel, member, pinging, when
from bot.core.text import cut, one_line, plural, shown
from bot.questions.keys import AMA_ASK, AMA_NEXT
from bot.questions.posts.cards import THREAD_NAME, TITLE
from bot.questions.views import AmaView, QuestionView


def ama_card(ama: AmaView) -> Post:
    """An AMA: who answers, until when, how to ask."""
    guest = member(ama.guest_ref)
    if ama.open:
        lines = [
            f"{guest} answers your questions in the thread. Press *Me too* to move a question up."
        ]
        if ama.until is not None:
            lines.append(f"**Open until** {when(ama.until)}")
    else:
        lines = [
            f"{guest} was here to answer your questions.",
            "**This AMA is closed.** Its thread stays.",
        ]
    buttons = (
        Button(AMA_ASK, str(ama.id), "Ask a question", Style.PRIMARY),
        Button(AMA_NEXT, str(ama.id), "Answer next"),
    )
    return Post(
        title=f"Ask me anything: {ama.shown_title}",
        text="\n".join(lines),
        details=() if ama.open else (ama_outcome(ama),),
        footnote="Answer next is for the guest: it picks the question most people want answered."
        if ama.open
        else "",
        buttons=buttons if ama.open else (),
        job=Job.QUESTIONS,
    )


def ama_topic(ama: AmaView) -> Topic:
    return Topic(cut(f"AMA: {one_line(ama.title)}", THREAD_NAME), ama_card(ama), ("AMA",))


def ama_thread(ama: AmaView) -> Thread:
    return Thread(cut(f"AMA: {one_line(ama.title)}", THREAD_NAME))


def ama_invitation(ama: AmaView) -> Post:
    """Pings the guest, once."""
    post = Post(
        title="Welcome",
        text="Questions appear here. *Answer next* picks the one most people want answered; "
        "*Answer* below a question answers that one.",
        buttons=(Button(AMA_NEXT, str(ama.id), "Answer next", Style.PRIMARY),),
        job=Job.QUESTIONS,
    )
    return pinging(post, [ama.guest_ref])


def ama_summary(ama: AmaView, best: Sequence[QuestionView]) -> Post:
    """What came of an AMA that is closed."""
    where = f" → {channel(ama.thread_ref)}" if ama.thread_ref else ""
    thanks = f"Thank you, {member(ama.guest_ref)}, and everyone who asked and answered."
    rows = [
        f"**{shown(question.title, TITLE)}** · {plural(question.answers, 'answer')}"
        for question in best
    ]
    return Post(
        title=f"AMA summary: {ama.shown_title}",
        text=f"{ama_outcome(ama)}{where}\n{thanks}",
        details=("\n".join(rows),) if rows else (),
        job=Job.QUESTIONS,
    )


def ama_summary_topic(ama: AmaView, best: Sequence[QuestionView]) -> Topic:
    name = cut(f"AMA summary: {one_line(ama.title)}", THREAD_NAME)
    return Topic(name, ama_summary(ama, best), ("AMA",))


def ama_outcome(ama: AmaView) -> str:
    if not ama.questions:
        return "Nobody asked anything."
    return f"Answered: {ama.answered:,} of {plural(ama.questions, 'question')}."
