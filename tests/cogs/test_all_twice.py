"""Everything that members and organisers can do is done once, however often it arrives.

Each story uses the bot as people do; `Twice` has all of it delivered again. What is registered
with the bot and neither in a story nor read-only fails the last test.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from simcord.builders import ChannelHandle

from bot.adapters.discord.command_tree import slash_commands
from bot.app import Application
from bot.papers.references.text import Kind, Reference
from bot.papers.sources.record import NotFound, PaperRecord
from tests.asking import UNNAMED, answer, ask
from tests.cogs.twice import Twice
from tests.conftest import FakeClock, FakeResolver
from tests.experiences.blog import blog_post, rss
from tests.people import Club, buttons_of, fields_of, fill_in, message_of
from tests.web import Web

FEED = "https://blog.example.org/feed.xml"
STORY = "I interned at CERN in the summer of 2019 and wrote software for a detector. " * 2
EXPERIENCE = {"Title": "A summer at CERN", "Your experience": STORY}
READ_ONLY = {
    "about",
    "ama export",
    "experience ask",  # opens the form of /ask
    "experience latest",
    "experience search",
    "feed export",
    "feed list",
    "feed preview",
    "feed why",
    "help",
    "moderate blocked",
    "moderate queue",
    "paper history",
    "paper queue",
    "paper search",
    "paper show",
    "question list",
    "question search",
    "question show",
    "schedule show",
    "settings show",
    *(
        f"button {action}"
        for action in (
            "experience_ask",  # opens a form, as the next ones do
            "experience_correct",
            "experience_page",
            "experience_read",
            "feeds",
            "help",
            "history",
            "moderate_blocked",
            "moderate_open",
            "moderate_queue",
            "open_form",
            "question_list",
            "question_search",
            "queue",
            "search",
            "show_paper",
            "why",
        )
    ),
}


@dataclass
class Scene:
    """What a story needs."""

    club: Club
    resolver: FakeResolver
    web: Web
    clock: FakeClock

    async def place_for_questions(self) -> ChannelHandle:
        """The channel for questions, in which one may ask without a pause."""
        place = self.club.guild.create_text_channel("questions")
        await self.club.set_up(questions=place)
        await self.club.olga.slash(self.club.papers, "settings questions", pause=0)
        return place


Story = Callable[[Scene], Awaitable[None]]
STORIES: dict[Story, set[str]] = {}


def tells(*names: str) -> Callable[[Story], Story]:
    """The writes that a story is about."""

    def add(story: Story) -> Story:
        STORIES[story] = set(names)
        return story

    return add


@tells(
    "paper nominate",
    "paper withdraw",
    "Nominate this paper",
    "form nominate",
    "button details",
    "button same",
    "button vote",
    "button queue_vote",
    "button undo_withdraw",
    "button nominate_post",
    "button nominate_fix",
    "button nominate_cancel",
)
async def papers(scene: Scene) -> None:
    club, alice, bob = scene.club, scene.club.alice, scene.club.bob
    card = await club.nominate(alice, "arXiv:1706.03762")
    await bob.click(card, label="Upvote")
    message = await bob.send(club.papers, "https://arxiv.org/abs/1706.03763")
    await alice.context_menu(club.papers, "Nominate this paper", message)
    queue = message_of(await bob.slash(club.papers, "paper queue"))
    voting = next(one for one in buttons_of(queue).values() if one.startswith("pc:queue_vote"))
    await bob.click(queue, custom_id=voting)
    gone = await alice.slash(club.papers, "paper withdraw", nomination="1")
    await alice.click(message_of(gone), label="Undo")
    record = PaperRecord(title="One Work", authors=("Ada Lovelace",), year=2020)
    for doi in ("10.1000/one", "10.1000/two"):
        scene.resolver.answers[Reference(Kind.DOI, doi)] = record
    await club.nominate(alice, "10.1000/one")
    alike = await alice.slash(club.papers, "paper nominate", link="10.1000/two")
    await alice.click(message_of(alike), label="The same: merge them")
    scene.resolver.default = NotFound("Nobody knows a paper of that title.")
    unknown = await alice.slash(club.papers, "paper nominate", link="https://example.org/a")
    form = await alice.click(message_of(unknown), label="Type it in")
    await alice.click(message_of(await fill_in(alice, form, Title="Drawer")), label="Cancel")
    preview = await alice.slash(club.papers, "paper nominate", link="A Preprint in a Drawer")
    form = await alice.click(message_of(preview), label="Fix")
    await alice.click(message_of(await fill_in(alice, form, Authors="Ada")), label="Post")


@tells(
    "schedule change",
    "schedule pause",
    "schedule pick",
    "schedule place",
    "schedule reminders",
    "schedule resume",
    "schedule set",
    "schedule skip",
    "button call_off",
    "button keep_meeting",
    "button reminders",
    "button rsvp",
    "button undo_change",
    "button undo_pause",
    "button undo_pick",
    "button undo_skip",
)
async def meetings(scene: Scene) -> None:
    club, alice, olga = scene.club, scene.club.alice, scene.club.olga
    await club.nominate(alice, "arXiv:1706.03762")
    await club.nominate(alice, "arXiv:1706.03763")
    first, second = await olga.autocomplete(club.papers, "schedule pick", "paper", "")
    await olga.slash(club.papers, "schedule set", duration=90, reminders="2 hours")
    picked = await olga.slash(club.papers, "schedule pick", paper=first["value"])
    await olga.slash(club.papers, "schedule place", place="Room 5")
    await olga.slash(club.papers, "schedule place", place="Room 6", date="12 January")
    going = await alice.click(club.card("Paper of the week"), label="Going")
    await alice.click(message_of(going), label="Don't remind me")
    await alice.slash(club.papers, "schedule reminders", on=True)
    changed = await olga.slash(club.papers, "schedule change", paper=second["value"])
    await olga.click(message_of(changed), label="Undo")
    asked = await olga.slash(club.papers, "schedule skip", date="12 January", reason="Snow")
    await olga.click(message_of(asked), label="Keep it")
    skipped = await olga.click(message_of(asked), label="Call it off")
    await olga.click(message_of(skipped), label="Undo")
    await olga.click(message_of(picked), label="Undo")
    await olga.slash(club.papers, "schedule skip", date="19 January")
    await olga.slash(club.papers, "schedule pause")
    resumed = await olga.slash(club.papers, "schedule resume")
    await olga.click(message_of(resumed), label="Undo")


@tells(
    "feed add",
    "feed check",
    "feed edit",
    "feed import",
    "feed pause",
    "feed remove",
    "feed resume",
    "button feed_pause",
    "button feed_retry",
    "button undo_feed_pause",
    "button undo_feed_remove",
    "button undo_feed_resume",
)
async def feeds(scene: Scene) -> None:
    club, olga, place = scene.club, scene.club.olga, scene.club.papers
    scene.web.pages[FEED] = rss([blog_post(1)])
    await olga.slash(place, "feed add", url=FEED, latest=1)
    await olga.slash(place, "feed add", url=FEED, keywords="robot")
    await olga.slash(place, "feed edit", feed="1", keywords="none")
    scene.web.pages[FEED] = rss([blog_post(2), blog_post(1)])
    await olga.slash(place, "feed check", feed="1")
    for command in ("feed pause", "feed resume"):
        changed = await olga.slash(place, command, feed="1")
        await olga.click(message_of(changed), label="Undo")
        await olga.slash(place, command, feed="1")
    removed = await olga.slash(place, "feed remove", feed="1")
    await olga.click(message_of(removed), label="Undo")
    listed = (
        b'<opml version="2.0"><body><outline xmlUrl="https://b.example.org/rss"/></body></opml>'
    )
    await olga.slash(place, "feed import", file=("feeds.opml", listed))
    for action in ("feed_retry", "feed_pause"):
        await club.press(olga, f"pc:{action}:{club.guild.id}.1")


@tells(
    "experience delete",
    "experience edit",
    "experience submit",
    "Hide this",
    "form edit_experience",
    "form revise_experience",
    "form submit_experience",
    "form correct_experience",
    "button correction_accept",
    "button correction_decline",
    "button experience_approve",
    "button experience_decline",
    "button experience_delete",
    "button experience_edit",
    "button experience_fact",
    "button experience_hide",
    "button experience_revise",
    "button undo_correction",
    "button undo_correction_decline",
    "button undo_experience_decline",
    "button undo_experience_hide",
)
async def experiences(scene: Scene) -> None:
    club, alice, bob, olga = scene.club, scene.club.alice, scene.club.bob, scene.club.olga
    diaries, office = map(club.guild.create_text_channel, ("diaries", "office"))
    await club.set_up(experiences=diaries, organisers=office)
    form = await alice.slash(club.papers, "experience submit")
    sent = await fill_in(alice, form, **EXPERIENCE)
    form = await alice.click(message_of(sent), label="Edit")
    await fill_in(alice, form, Title="A winter at CERN")
    (review,) = club.cards(office)
    await fill_in(olga, await olga.click(review, label="Edit"), Title="A spring at CERN")
    (review,) = club.cards(office)
    declined = await olga.click(review, label="Decline")
    await olga.click(message_of(declined), label="Undo")
    (review,) = club.cards(office)
    approved = await olga.click(review, label="Approve")
    hidden = await olga.click(message_of(approved), label="Take it down")
    await olga.click(message_of(hidden), label="Undo")
    (card,) = club.cards(diaries)
    for value, label in (("Physicist", "Accept"), ("Cook", "Decline")):
        choosing = await bob.click(club.cards(diaries)[0], label="Correct")
        form = await bob.click(message_of(choosing), custom_id="pc:experience_fact:1.role")
        await fill_in(bob, form, Role=value)
        decided = await olga.click(club.cards(office)[-1], label=label)
    await olga.click(message_of(decided), label="Undo")
    choosing = await alice.click(club.cards(diaries)[0], label="Correct")
    form = await alice.click(message_of(choosing), custom_id="pc:experience_fact:1.country")
    corrected = await fill_in(alice, form, Country="France")
    await alice.click(message_of(corrected), label="Undo")
    form = await alice.slash(club.papers, "experience edit", experience="1")
    await fill_in(alice, form, Title="An autumn at CERN")
    await olga.context_menu(diaries, "Hide this", card)
    sure = await alice.slash(club.papers, "experience delete", experience="1")
    await alice.click(message_of(sure), label="Delete for good")


@tells(
    "ask",
    "question close",
    "question delete",
    "question edit",
    "question helper",
    "question reopen",
    "settings questions",
    "Accept as answer",
    "Ask about this",
    "form answer",
    "form question",
    "form edit_answer",
    "form edit_question",
    "form question_paper",
    "form close_question",
    "button answer_accept",
    "button answer_take_back",
    "button answer_upvote",
    "button ask",
    "button ask_post",
    "button question_answer",
    "button question_close",
    "button question_delete",
    "button question_delete_now",
    "button question_edit",
    "button question_follow",
    "button question_me_too",
    "button question_not_me",
    "button question_point",
    "button question_still_open",
    "button question_unfollow",
    "button undo_accept",
    "button undo_close",
)
async def questions(scene: Scene) -> None:
    club, alice, bob = scene.club, scene.club.alice, scene.club.bob
    place = await scene.place_for_questions()
    await alice.slash(club.papers, "question helper", topic="Papers")
    await ask(club, alice, Options=["research"])
    (card,) = club.cards(place)
    for label in ("Me too", "Follow"):
        pressed = await bob.click(card, label=label)
    await bob.click(message_of(pressed), label="Unfollow")
    wanted = await bob.click(card, label="Me too")
    await bob.click(message_of(wanted), label="Take it back")
    form = await bob.click(card, label="Add a paper")
    await fill_in(bob, form, **{"The paper": "arXiv:1706.03762"})
    await answer(club, bob, "Write to the professors, by name, in autumn.", place)
    (thread,) = place.threads
    given = club.cards(thread)[-1]
    vote = await alice.click(given, label="Upvote")
    await alice.click(message_of(vote), label="Take it back")
    accepted = await alice.click(given, label="Accept")
    await alice.click(message_of(accepted), label="Undo")
    message = await bob.send(thread, "Ask at the summer school.")
    await alice.context_menu(thread, "Accept as answer", message)
    shown = await ask(club, bob, "How does one find a lab in Berlin or Potsdam?")
    await bob.click(message_of(shown), label="Post my question")
    form = await bob.context_menu(thread, "Ask about this", message)
    await fill_in(bob, form, **{"Your question": "Which one?"})
    await club.press(alice, f"pc:question_still_open:{club.guild.id}.1")
    closed = await alice.slash(club.papers, "question close", question="1")
    await alice.click(message_of(closed), label="Undo")
    await alice.slash(club.papers, "question close", question="1", reason="Done")
    await alice.slash(club.papers, "question reopen", question="1")
    await fill_in(
        bob, await club.pressed(bob, f"pc:question_close:{club.guild.id}.2"), Reason="Old"
    )
    await club.nominate(alice, "arXiv:1706.03763")
    form = await club.pressed(bob, "pc:ask:paper.1")
    await fill_in(bob, form, **{"Your question": "What is it about?"})
    seen = message_of(await alice.slash(club.papers, "question show", question="1"))
    form = await alice.click(seen, label="Edit")
    await fill_in(alice, form, **{"Your question": "How do I find a good lab?"})
    sure = await alice.click(seen, label="Delete")
    await alice.click(message_of(sure), label="Delete")
    form = await bob.slash(club.papers, "question edit", what="answer.1")
    await fill_in(bob, form, **{"Your answer": "Write to them."})
    await bob.slash(club.papers, "question delete", what="answer.1")


@tells(
    "ama close",
    "ama consent",
    "ama note",
    "ama open",
    "button ama_ask",
    "button ama_next",
    "button publish_no",
    "button publish_yes",
    "button question_follow_up",
)
async def sessions(scene: Scene) -> None:
    club, alice, bob, olga = scene.club, scene.club.alice, scene.club.bob, scene.club.olga
    place = await scene.place_for_questions()
    await olga.slash(club.papers, "ama open", guest=bob, title="Ask Bob about his PhD")
    card = club.card("Ask me anything", place)
    form = await alice.click(card, label="Ask a question")
    asked = await fill_in(alice, form, **{"Your question": "Why maths?"})
    await alice.click(message_of(asked), label="Yes, publish it")
    form = await bob.click(card, label="Answer next")
    answered = await fill_in(bob, form, **{"Your answer": "Because."})
    await bob.click(message_of(answered), label="No")
    (thread,) = place.threads
    form = await alice.click(club.cards(thread)[-1], label="Follow up")
    await fill_in(alice, form, **{"Your question": "And physics?"})
    await alice.slash(club.papers, "ama consent", agree=False, anonymous=True)
    await olga.slash(club.papers, "ama note", text="Edited for length.")
    await olga.slash(club.papers, "ama close")


@tells(
    "moderate block",
    "moderate hide",
    "moderate show",
    "moderate unblock",
    "form merge_question",
    "button moderate_block",
    "button moderate_hide",
    "button moderate_lock",
    "button moderate_show",
    "button moderate_unblock",
    "button question_approve",
    "button question_decline",
    "button question_merge",
    "button retry",
    "button undo_decision",
)
async def moderation(scene: Scene) -> None:
    club, alice, olga = scene.club, scene.club.alice, scene.club.olga
    place, office = map(club.guild.create_text_channel, ("questions", "office"))
    await club.set_up(questions=place, organisers=office)
    await olga.slash(club.papers, "settings questions", approval=True, pause=0)
    for title in ("Why maths?", "Why physics?"):
        await ask(club, alice, title, Options=UNNAMED)
    maths, physics = club.cards(office)
    declined = await olga.click(maths, label="Decline")
    await olga.click(message_of(declined), label="Undo")
    approved = await olga.click(maths, label="Approve")
    form = await olga.click(physics, label="Merge")
    (same,) = (one["value"] for one in fields_of(form)["Same question as"]["options"])
    await fill_in(olga, form, **{"Same question as": same})
    hidden = await olga.click(message_of(approved), label="Hide it")
    await olga.click(message_of(hidden), label="Lock its thread")
    blocked = await olga.click(message_of(hidden), label="Block its author")
    await olga.click(message_of(blocked), label="Undo")
    await olga.click(message_of(hidden), label="Undo")
    await olga.slash(club.papers, "moderate hide", question="1")
    await olga.slash(club.papers, "moderate show", what="question.1")
    await olga.slash(club.papers, "moderate block", what="1")
    await olga.slash(club.papers, "moderate unblock", what="question.1")
    club.env.inject_error("POST", f"/channels/{club.papers.id}/messages", status=403, code=50013)
    await alice.slash(club.papers, "paper nominate", link="arXiv:1706.03762")
    await olga.click(club.card("I can't post", office), label="Try again")


@pytest.mark.parametrize("together", [False, True], ids=["afterwards", "together"])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_what_comes_again_changes_nothing(
    story: Story, together: bool, club: Club, resolver, web, clock, monkeypatch
) -> None:
    twice = Twice(club, monkeypatch, together=together)
    await story(Scene(club, resolver, web, clock))
    assert STORIES[story] <= twice.done


SET_UP = {"setup start", "button set_up", "form set_up"}


async def test_setting_up_again_changes_nothing(newcomers: Club, monkeypatch) -> None:
    club = newcomers
    twice = Twice(club, monkeypatch)
    client = club.application.client
    with club.env._bot_scope():
        await client.on_guild_join(client.get_guild(club.guild.id))
    await club.application.tick()
    (greeting,) = club.cards()
    form = await club.olga.click(greeting, label="Set up")
    where = {"Time zone": "Seoul", "Papers": [club.papers], "You meet on": "1", "At": "7pm"}
    await fill_in(club.olga, form, **where)
    office, diaries = map(club.guild.create_text_channel, ("office", "diaries"))
    await club.set_up(organisers=office, experiences=diaries, questions=diaries)
    assert twice.done >= SET_UP


async def test_every_write_is_in_a_story(application: Application) -> None:
    client = application.client
    await client.add_commands()
    registered = {one.qualified_name for one in slash_commands(client.tree)}
    registered |= {menu.name for cog in client.cogs.values() for menu in getattr(cog, "menus", ())}
    registered |= {f"button {action}" for action in {**client.actions, **client.handlers}}
    registered |= {f"form {action}" for action in client.form_handlers}
    told = SET_UP.union(*STORIES.values())
    assert registered - told == READ_ONLY
    assert told <= registered
