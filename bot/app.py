"""The composition root: settings in, a running application out. Only here are things built."""

import asyncio
import contextlib
import gc
import logging
import signal
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.adapters.discord.client import PaperclubClient
from bot.adapters.discord.sender import DiscordSender
from bot.adapters.discord.threads import DiscordThreads
from bot.communities.handlers import HelpHandlers, SettingsHandlers
from bot.communities.moderation.handlers import ModerationHandlers
from bot.communities.pseudonyms import Pseudonyms, read_or_make_key
from bot.communities.service import Communities
from bot.communities.subjects import EXPERIENCE, MEETING, PAPER, Subjects
from bot.core.courier import Courier, Sender
from bot.core.database import Database
from bot.core.errors import NotSavedError
from bot.core.http.client import HttpClient, Limits
from bot.core.outbox import Outbox
from bot.core.requests import Requests
from bot.core.scheduler import GATHERED_FOR, Scheduler, Work
from bot.core.time.clock import Clock, SystemClock
from bot.experiences.anonymity import hide_authors
from bot.experiences.archive import Archive
from bot.experiences.author_blocks import AuthorBlocks
from bot.experiences.corrections import Corrections
from bot.experiences.feeds.inspection import FeedInspection
from bot.experiences.feeds.lists import FeedLists
from bot.experiences.feeds.polling import Polling
from bot.experiences.feeds.recording import Recording
from bot.experiences.feeds.service import Feeds
from bot.experiences.handlers.archive import ArchiveHandlers
from bot.experiences.handlers.corrections import CorrectionHandlers
from bot.experiences.handlers.decisions import DecisionHandlers
from bot.experiences.handlers.feeds import FeedHandlers
from bot.experiences.handlers.moderation import ExperienceModeration
from bot.experiences.handlers.submissions import (
    SubmissionHandlers as ExperienceSubmissionHandlers,
)
from bot.experiences.own import OwnExperiences
from bot.experiences.publishing import Publishing
from bot.experiences.reviews import Reviews
from bot.experiences.sources.fetching import FeedSource, Fetcher
from bot.experiences.sources.parser_pool import Readers
from bot.experiences.subjects import ExperienceSubjects
from bot.experiences.submissions import Submissions
from bot.experiences.takedowns import Takedowns
from bot.health import HealthServer
from bot.papers.handlers.attendance import AttendanceHandlers
from bot.papers.handlers.library import LibraryHandlers
from bot.papers.handlers.nominations import NominationHandlers
from bot.papers.handlers.schedule import ScheduleHandlers
from bot.papers.handlers.setup import SetupHandlers
from bot.papers.handlers.undo import UndoHandlers
from bot.papers.library import Library, PaperResolver
from bot.papers.nominations import Nominations
from bot.papers.queue import Queue
from bot.papers.rounds.picks import Picks
from bot.papers.rounds.rounds import Rounds
from bot.papers.rounds.rsvps import Rsvps
from bot.papers.schedule.places import Places
from bot.papers.schedule.reminders import Reminders
from bot.papers.schedule.schedules import Schedules
from bot.papers.schedule.setup import Setup
from bot.papers.schedule.skips import Skips
from bot.papers.sources.resolver import Resolver
from bot.papers.sources.urls import PACES, SourceUrls
from bot.papers.subjects import MeetingSubjects, PaperSubjects
from bot.papers.undo import Undo
from bot.questions.ama.consent import AmaConsent
from bot.questions.ama.documents import AmaDocuments
from bot.questions.ama.sessions import AmaSessions
from bot.questions.answers.acceptance import Acceptance
from bot.questions.answers.answers import Answers
from bot.questions.answers.followers import Followers
from bot.questions.answers.paper_links import PaperLinks
from bot.questions.handlers.ama import AmaHandlers
from bot.questions.handlers.answers import AnswerHandlers
from bot.questions.handlers.consent import ConsentHandlers
from bot.questions.handlers.followers import FollowerHandlers
from bot.questions.handlers.helpers import HelperHandlers
from bot.questions.handlers.lifecycle import LifecycleHandlers
from bot.questions.handlers.moderation import QuestionModeration
from bot.questions.handlers.paper_links import PaperLinkHandlers
from bot.questions.handlers.questions import QuestionHandlers
from bot.questions.handlers.revisions import RevisionHandlers
from bot.questions.handlers.settings import QuestionSettingsHandlers
from bot.questions.handlers.submissions import SubmissionHandlers
from bot.questions.lifecycle import QuestionLifecycle
from bot.questions.moderation.moderation import Moderation
from bot.questions.moderation.reviews import QuestionReviews
from bot.questions.posts.posts import QuestionPosts
from bot.questions.reminders.digest import Digest
from bot.questions.reminders.helpers import Helpers
from bot.questions.reminders.reminders import QuestionReminders, Threads
from bot.questions.revisions import Revisions
from bot.questions.search import QuestionSearch
from bot.questions.settings import QuestionSettings
from bot.questions.subject_lookup import SubjectLookup
from bot.questions.submissions import QuestionSubmissions
from bot.settings import Settings
from cogs.ama import AmaCommands
from cogs.answers import AnswerCommands
from cogs.ask import Ask
from cogs.experiences import Experiences
from cogs.feeds import FeedCommands
from cogs.help import Help
from cogs.moderation import ModerationCommands
from cogs.papers import Papers
from cogs.questions import Questions
from cogs.schedule import Schedule
from cogs.settings import Settings as SettingsCog
from cogs.setup import Setup as SetupCog

log = logging.getLogger(__name__)

POSTS, ROUNDS, METADATA, FEEDS, SEARCH = "posts", "rounds", "metadata", "feeds", "search"
QUESTIONS, SESSIONS, DRAFTS = "questions", "sessions", "drafts"
STORAGE = "storage"
REMOVED_FEEDS = "removed feeds"
REQUESTS = "requests"


@dataclass
class Application:
    """Everything that runs, built but not started. `client` starts and ends it."""

    settings: Settings
    clock: Clock
    client: PaperclubClient
    database: Database
    scheduler: Scheduler
    courier: Courier
    communities: Communities
    library: Library
    nominations: Nominations
    queue: Queue
    rounds: Rounds
    picks: Picks
    rsvps: Rsvps
    schedules: Schedules
    setup: Setup
    skips: Skips
    places: Places
    reminders: Reminders
    undo: Undo
    polling: Polling
    feeds: Feeds
    feed_inspection: FeedInspection
    feed_lists: FeedLists
    archive: Archive
    corrections: Corrections
    submissions: Submissions
    reviews: Reviews
    own_experiences: OwnExperiences
    takedowns: Takedowns
    author_blocks: AuthorBlocks
    question_settings: QuestionSettings
    helpers: Helpers
    subject_lookup: SubjectLookup
    question_submissions: QuestionSubmissions
    question_lifecycle: QuestionLifecycle
    answers: Answers
    acceptance: Acceptance
    followers: Followers
    question_search: QuestionSearch
    paper_links: PaperLinks
    revisions: Revisions
    question_reviews: QuestionReviews
    moderation: Moderation
    amas: AmaSessions
    ama_documents: AmaDocuments
    ama_consent: AmaConsent
    question_reminders: QuestionReminders

    async def tick(self) -> None:
        """Do all that is due now, and return when nothing is under way."""
        await self.scheduler.settle()

    async def is_ready(self) -> bool:
        """Whether Discord is connected and the database answers."""
        if not self.client.is_connected():
            return False
        try:
            await asyncio.wait_for(self.database.ping(), 5)
        except (NotSavedError, TimeoutError) as error:
            log.warning("not ready: %s", getattr(error, "reason", "the database keeps us waiting"))
            return False
        except Exception:
            log.exception("the database does not answer")
            return False
        return True

    async def close(self) -> None:
        await self.client.close()


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    resolver: PaperResolver | None = None,
    sender: Sender | None = None,
    feeds: FeedSource | None = None,
    threads: Threads | None = None,
    gather_for: timedelta = GATHERED_FOR,
) -> Application:
    """Put the application together. Tests and the demo bring their own parts.

    Edits and such that come within `gather_for` go out together.
    """
    clock = clock or SystemClock()
    database = Database(settings.database_url)
    outbox = Outbox()
    communities = Communities(database, outbox, clock)
    requests = Requests(database, clock)
    client = PaperclubClient(communities, requests, shard_count=settings.shards)
    http = _http_client(settings, clock)
    resolver = resolver or Resolver(http, _source_urls(settings), contact=settings.contact)
    rounds = Rounds(database, communities, outbox, clock)
    picks = Picks(database, communities, rounds, clock)
    rsvps = Rsvps(database, communities, rounds, clock)
    schedules = Schedules(database, communities, rounds, clock)
    skips = Skips(database, communities, rounds, clock)
    places = Places(database, communities, rounds, clock)
    reminders = Reminders(database, communities, outbox, clock)
    undo = Undo(database, communities, outbox, rounds, clock)
    client.on_channels_changed = places.check
    nominations = Nominations(database, communities, outbox, resolver, clock)
    queue = Queue(database, communities, outbox, clock)
    library = Library(database, communities, outbox, resolver, clock, rounds)
    readers = Readers()
    publishing = Publishing(outbox, clock)
    source = feeds or Fetcher(http, readers, clock.now)
    recording = Recording(database, communities, publishing, clock)
    polling = Polling(database, recording, source, clock)
    followed_feeds = Feeds(database, communities, polling, publishing, source, clock)
    feed_lists = FeedLists(
        database, communities, followed_feeds, publishing, readers.parse_opml, clock
    )
    feed_inspection = FeedInspection(database, communities, source, clock)
    archive = Archive(database, communities)
    corrections = Corrections(database, communities, publishing, outbox, clock)
    pseudonyms = Pseudonyms(_key(settings))
    submissions = Submissions(database, communities, pseudonyms, clock)
    reviews = Reviews(database, communities, publishing, outbox, clock)
    takedowns = Takedowns(database, communities, publishing, outbox, clock)
    author_blocks = AuthorBlocks(database, communities, clock)
    own_experiences = OwnExperiences(database, communities, publishing, outbox, pseudonyms, clock)
    subjects: dict[str, Subjects] = {
        PAPER: PaperSubjects(outbox),
        MEETING: MeetingSubjects(),
        EXPERIENCE: ExperienceSubjects(outbox, publishing),
    }
    posting = QuestionPosts(outbox, subjects, clock)
    question_settings = QuestionSettings(database, communities, outbox, clock)
    helpers = Helpers(database, communities, outbox, clock)
    subject_lookup = SubjectLookup(database, communities, outbox, subjects)
    communities.when_zone_changes.append(question_settings.follow_zone)
    setup = Setup(database, communities, schedules, question_settings, clock)
    question_submissions = QuestionSubmissions(
        database, communities, outbox, posting, pseudonyms, clock
    )
    question_lifecycle = QuestionLifecycle(database, outbox, posting, pseudonyms, clock)
    answers = Answers(database, communities, outbox, posting, pseudonyms, clock)
    acceptance = Acceptance(database, communities, outbox, posting, pseudonyms, clock)
    followers = Followers(database, outbox, clock)
    question_search = QuestionSearch(database, communities, outbox, pseudonyms)
    paper_links = PaperLinks(database, outbox, posting, library, clock)
    revisions = Revisions(database, communities, outbox, posting, pseudonyms, clock)
    question_reviews = QuestionReviews(database, communities, outbox, posting, clock)
    moderation = Moderation(database, communities, outbox, posting, clock)
    amas = AmaSessions(database, communities, outbox, clock)
    ama_documents = AmaDocuments(database, communities, outbox, clock)
    ama_consent = AmaConsent(database, communities, pseudonyms, clock)
    question_reminders = QuestionReminders(
        database,
        outbox,
        Digest(database, outbox, clock),
        threads or DiscordThreads(client),
        clock,
    )
    courier = Courier(
        database,
        sender or DiscordSender(client, clock),
        clock,
        communities.problems,
        reveal=pseudonyms.reveal,
        first_pause=settings.retry_pause,
    )
    scheduler = Scheduler(clock, gather_for=gather_for)
    scheduler.add(POSTS, courier.run)
    scheduler.add(ROUNDS, rounds.advance_due)
    scheduler.add(METADATA, _if_writable(database, library.complete_due))
    scheduler.add(FEEDS, _if_writable(database, polling.advance_due))
    scheduler.add(SEARCH, archive.index_due)
    scheduler.add(QUESTIONS, question_reminders.advance_due)
    scheduler.add(SESSIONS, amas.advance_due)
    scheduler.add(DRAFTS, question_submissions.forget_drafts)
    scheduler.add(REMOVED_FEEDS, followed_feeds.forget_removed)
    scheduler.add(STORAGE, communities.problems.report_storage)
    scheduler.add(REQUESTS, requests.forget)
    outbox.on_new = lambda: scheduler.wake(POSTS)
    outbox.on_edit = lambda: scheduler.wake_gathered(POSTS)
    rounds.on_change = lambda: scheduler.wake_gathered(ROUNDS)
    for experiences in (recording, corrections, reviews, own_experiences, takedowns):
        experiences.on_change = lambda: scheduler.wake(SEARCH)
    feed_lists.on_change = lambda: scheduler.wake(FEEDS)
    followed_feeds.on_change = lambda: scheduler.wake(FEEDS)
    followed_feeds.on_removal = lambda: scheduler.wake(REMOVED_FEEDS)
    question_settings.on_change = lambda: scheduler.wake(QUESTIONS)
    posting.on_change = lambda: scheduler.wake_gathered(QUESTIONS)
    amas.on_change = lambda: scheduler.wake(SESSIONS)
    nominations.on_waiting = lambda: scheduler.wake(METADATA)
    application = Application(
        settings=settings,
        clock=clock,
        client=client,
        database=database,
        scheduler=scheduler,
        courier=courier,
        communities=communities,
        library=library,
        nominations=nominations,
        queue=queue,
        rounds=rounds,
        picks=picks,
        rsvps=rsvps,
        schedules=schedules,
        setup=setup,
        skips=skips,
        places=places,
        reminders=reminders,
        undo=undo,
        polling=polling,
        feeds=followed_feeds,
        feed_inspection=feed_inspection,
        feed_lists=feed_lists,
        archive=archive,
        corrections=corrections,
        submissions=submissions,
        reviews=reviews,
        own_experiences=own_experiences,
        takedowns=takedowns,
        author_blocks=author_blocks,
        question_settings=question_settings,
        helpers=helpers,
        subject_lookup=subject_lookup,
        question_submissions=question_submissions,
        question_lifecycle=question_lifecycle,
        answers=answers,
        acceptance=acceptance,
        followers=followers,
        question_search=question_search,
        paper_links=paper_links,
        revisions=revisions,
        question_reviews=question_reviews,
        moderation=moderation,
        amas=amas,
        ama_documents=ama_documents,
        ama_consent=ama_consent,
        question_reminders=question_reminders,
    )
    consent = ConsentHandlers(ama_consent)
    submitting = SubmissionHandlers(
        question_submissions, subject_lookup, question_settings, consent
    )
    answer_handlers = AnswerHandlers(answers, acceptance, amas, question_search, consent)
    looking_up_questions = QuestionHandlers(question_search)
    lifecycle = LifecycleHandlers(question_lifecycle)
    helping = HelperHandlers(helpers, question_settings)
    revising = RevisionHandlers(revisions)
    ama_handlers = AmaHandlers(amas, ama_documents, answers, question_settings)
    experience_archive = ArchiveHandlers(archive, submitting.open_about)
    experience_submissions = ExperienceSubmissionHandlers(submissions, own_experiences)
    nominating = NominationHandlers(nominations, queue)
    looking_up = LibraryHandlers(library, queue)
    attending = AttendanceHandlers(rsvps, reminders, clock)
    feed_handlers = FeedHandlers(followed_feeds, feed_inspection, feed_lists)
    scheduling = ScheduleHandlers(schedules, skips, places, picks, queue)
    undoing = UndoHandlers(undo)
    setting_up = SetupHandlers(setup, communities)
    settings_of_questions = QuestionSettingsHandlers(question_settings)
    settings_of_all = SettingsHandlers(
        communities, [scheduling.setting_lines, settings_of_questions.setting_lines]
    )
    help_handlers = HelpHandlers()
    question_moderation = QuestionModeration(question_reviews, moderation, question_search)
    experience_moderation = ExperienceModeration(reviews, takedowns, author_blocks)
    moderating = ModerationHandlers(communities, [question_moderation, experience_moderation])
    client.prepare(
        [
            Papers(nominating, looking_up),
            Schedule(scheduling, attending),
            FeedCommands(feed_handlers),
            Experiences(experience_archive, experience_submissions),
            Ask(submitting),
            AnswerCommands(answer_handlers),
            Questions(looking_up_questions, lifecycle, revising, helping),
            AmaCommands(ama_handlers, consent),
            ModerationCommands(moderating, question_moderation),
            SetupCog(setting_up),
            SettingsCog(settings_of_all, settings_of_questions),
            Help(help_handlers),
        ],
        handlers=[
            nominating,
            looking_up,
            attending,
            scheduling,
            undoing,
            setting_up,
            settings_of_all,
            help_handlers,
            consent,
            submitting,
            answer_handlers,
            FollowerHandlers(followers),
            PaperLinkHandlers(paper_links),
            looking_up_questions,
            lifecycle,
            helping,
            revising,
            ama_handlers,
            feed_handlers,
            experience_archive,
            experience_submissions,
            CorrectionHandlers(corrections, archive),
            DecisionHandlers(reviews, takedowns),
            question_moderation,
            moderating,
        ],
        when_starting=[partial(hide_authors, database, pseudonyms, clock)],
        when_ready=[scheduler.start],
        when_closing=[scheduler.stop, readers.close, http.close, database.close],
    )
    return application


async def run(settings: Settings, token: str) -> None:
    """Run until SIGTERM or SIGINT, then end cleanly. A wrong token or port is a PaperclubError."""
    application = build(settings)
    application.client.when_ready.append(collect_less)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as ending:
        if settings.http_port is not None:
            await ending.enter_async_context(HealthServer(settings.http_port, application.is_ready))
        client = asyncio.create_task(application.client.start(token))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({client, stopped}, return_when=asyncio.FIRST_COMPLETED)
        log.info("stopping")
        await application.close()
        stopped.cancel()
        client.cancel()  # it may be waiting for a Discord that is away
        with contextlib.suppress(asyncio.CancelledError):
            await client


def collect_less() -> None:
    """What is there at the start stays; each full collection would look at all of it again. And
    after every 700 new objects, as Python does it, hardly anything is found."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def _if_writable(database: Database, work: Work) -> Work:
    """What asks others for something does so only if it can be kept: they would be asked again."""

    async def run() -> datetime | None:
        return None if database.failing else await work()

    return run


def _key(settings: Settings) -> str:
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    return read_or_make_key(settings.key_file)


def _http_client(settings: Settings, clock: Clock) -> HttpClient:
    return HttpClient(
        contact=settings.contact,
        clock=clock,
        allowed_networks=settings.allowed_networks,
        cache_directory=Path(settings.cache_dir) if settings.cache_dir else None,
        limits=Limits(paces=PACES),
    )


def _source_urls(settings: Settings) -> SourceUrls:
    """The settings are named after the addresses they replace."""
    return SourceUrls(**{f.name: getattr(settings, f.name) for f in fields(SourceUrls)})
