"""Communities that are set up and have papers to vote on, made by the services as people would."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.adapters.discord.actors import PLATFORM
from bot.app import Application, build
from bot.communities.service import Actor
from bot.papers.schedule.setup import Wanted
from bot.questions.submissions import Asked, Draft
from bot.settings import Settings

PAPERS = (
    ("Attention Is All You Need", "Ashish Vaswani, Noam Shazeer, Niki Parmar", "1706.03762"),
    ("Deep Residual Learning for Image Recognition", "Kaiming He, Xiangyu Zhang", "1512.03385"),
    ("Adam: A Method for Stochastic Optimization", "Diederik P. Kingma, Jimmy Ba", "1412.6980"),
    ("Denoising Diffusion Probabilistic Models", "Jonathan Ho, Ajay Jain", "2006.11239"),
    ("Generative Adversarial Networks", "Ian Goodfellow, Jean Pouget-Abadie", "1406.2661"),
)

ANSWERED = "How do I find a lab in Berlin?"
ANSWER = "Write to professors, by name, in autumn."


def settings_for(url: str) -> Settings:
    return Settings(_env_file=None, database_url=url, cache_dir=None)


async def seed(url: str, places: Sequence[tuple[str, str, str]]) -> None:
    """Set up a community for each (community, papers channel, owner)."""
    application = build(settings_for(url))
    await application.scheduler.stop()  # what there is to post is the bot's to post
    for place in places:
        await _set_up(application, *place)
    await application.database.close()


async def seed_questions(url: str, places: Sequence[tuple[str, str, str]]) -> None:
    """Have each (community, questions channel, owner) take questions, and answer one."""
    application = build(settings_for(url))
    await application.scheduler.stop()
    for community_ref, channel_ref, owner_ref in places:
        owner = Actor(PLATFORM, community_ref, owner_ref, organiser=True)
        await application.question_settings.set(
            owner, channel_ref=channel_ref, cooldown_minutes=0, digest=False
        )
        asked = await application.question_submissions.ask(owner, Draft(title=ANSWERED), key="seed")
        assert isinstance(asked, Asked)
        assert asked.question is not None
        await application.answers.answer(owner, asked.question.id, ANSWER, key="seed")
    await application.database.close()


async def _set_up(
    application: Application, community_ref: str, channel_ref: str, owner_ref: str
) -> None:
    owner = Actor(PLATFORM, community_ref, owner_ref, organiser=True)
    # The meeting is six days ahead, so that no step of it is due while we measure.
    weekday = (datetime.now(UTC) + timedelta(days=6)).weekday()
    await application.setup.start(
        owner,
        Wanted(zone="Europe/Berlin", papers_channel_ref=channel_ref, weekday=weekday, at="17:00"),
    )
    for title, authors, number in PAPERS:
        await application.nominations.nominate_typed(
            owner, title=title, authors=authors, link=f"https://arxiv.org/abs/{number}"
        )
