"""The demo in process: the real bot, simcord's server, and the requests that its page makes."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any

import aiohttp
import discord
import pytest

from bot.demo import pump
from bot.demo.reading import gist
from bot.demo.serve import Demo
from tests.demo.page import Page, components_of, went_well


async def skip_to(page: Page, text: str) -> str:
    """`/demo next` until its report has this; what else is due depends on the day of the week."""
    for _ in range(6):
        assert went_well(await page.slash("demo next"))
        report = next(one for one in reversed(await page.texts()) if "Now it is" in one)
        if text in report:
            return report
    raise AssertionError(f"{text!r} does not come: {report}")


def thread_posts(demo: Demo) -> list[str]:
    (thread,) = demo.world.channel.threads
    return [gist(message) for message in thread.history()]


def blog_posts(demo: Demo) -> list[str]:
    """The posts in the channel of experiences; that a thread was opened is none."""
    history = demo.world.experiences.history()
    return [gist(one) for one in history if one.type is discord.MessageType.default]


def _returning(value: Any) -> Any:
    async def answer() -> Any:
        return value

    return answer


def test_the_pump_was_written_for_this_simcord():
    """It uses private names: look through `bot/demo/pump.py` before raising this."""
    assert version("simcord") == pump.SIMCORD_VERSION == "3.2.1"


async def test_there_is_a_schedule_and_something_to_vote_on(demo, page):
    due = await demo.app.rounds.next_due()
    assert due is not None
    assert timedelta(0) < due - demo.app.clock.now() < timedelta(days=2)

    begin = await page.texts()
    assert len(begin) == 3
    assert "Attention Is All You Need" in begin[0]
    assert "2 votes" in begin[0]
    assert "1 vote" in begin[1]
    assert "2 votes" in begin[2]
    assert page.state["channel"]["name"] == "papers"
    assert [viewer["name"] for viewer in page.state["viewers"]] == [
        "Mina",
        "Jonas (organiser)",
        "Priya",
        "Sofia (guest)",
    ]
    assert not demo.env.errors


async def test_it_is_today(demo):
    assert abs(demo.app.clock.now() - datetime.now(UTC)) < timedelta(seconds=10)


async def test_a_newcomer_nominates_votes_and_watches_the_round(demo, page):
    assert went_well(await page.slash("paper nominate", link="arXiv:2106.09685"))
    assert "LoRA" in (await page.texts())[-1]
    assert "1 vote" in (await page.texts())[-1], "the nominator's counts"

    report = await skip_to(page, "Paper of the week")
    assert "In the calendar" in report
    assert len(demo.world.channel.threads) == 1
    announced = next(text for text in await page.texts() if "**We meet**" in text)
    assert "**2** going · **1** maybe" in announced, "the others answer it"

    assert went_well(await page.press("Going"))
    await skip_to(page, "A new experience")
    for expected in ("We meet", "We meet", "We're starting"):
        await skip_to(page, expected)
        newest = thread_posts(demo)[-1]
        assert expected in newest
        assert demo.world.member.mention in newest
    assert len(thread_posts(demo)) == 3
    assert "is active now" in (await page.texts())[-1]

    assert went_well(await page.slash("demo next"))
    assert "is completed now" in "".join(await page.texts())


async def test_the_first_step_shows_the_pick_whatever_else_is_due(demo, page, monkeypatch):
    """On some weekdays a digest or an experience would have come first."""
    monkeypatch.setattr(
        demo.app.polling, "next_due", _soon := _returning(demo.app.clock.now() + timedelta(hours=1))
    )
    monkeypatch.setattr(demo.app.question_reminders, "next_due", _soon)
    assert went_well(await page.slash("demo next"))
    report = next(one for one in await page.texts() if "Now it is" in one)
    assert "Paper of the week" in report


async def test_a_link_outside_the_catalogue_gets_an_honest_sentence(demo, page):
    assert went_well(await page.slash("paper nominate", link="https://arxiv.org/abs/2401.00001"))
    assert "This demo can't look that paper up" in (await page.texts())[-1]
    assert len(demo.world.channel.history()) == 3


async def test_a_refused_form_lights_no_error_badge(demo, page):
    await page.slash("ask")
    assert went_well(await page.submit(question="\u200b", topic=["Other"]))
    assert "That title has no words" in (await page.texts())[-1]
    receipt = page.state["activity"][-1]
    assert not receipt["diagnostics"]
    assert not demo.env.errors


async def test_an_organiser_picks(demo, page):
    await page.become(demo.world.organiser)
    assert went_well(await page.slash("schedule pick"))
    assert any("Paper of the week" in text for text in await page.texts())


async def test_a_refusal_is_not_a_failure(demo, page):
    """A member cannot pick; the page must not call the polite answer an error."""
    await page.become(demo.world.organiser)
    await page.slash("schedule pick")
    again = await page.slash("schedule pick")
    assert went_well(again)
    assert "already announced" in "".join(await page.texts())
    assert not demo.env.errors


async def test_one_can_look_into_the_thread_and_back(demo, page):
    await page.slash("demo look")
    assert "There is no thread yet" in (await page.texts())[-1]
    await skip_to(page, "We meet")
    assert went_well(await page.slash("demo look"))
    assert "We meet" in (await page.texts())[0]
    assert page.state["channel"]["name"] == "Attention Is All You Need"
    assert went_well(await page.act("send_message", content="I have a question"))
    assert (await page.texts())[-1] == "I have a question"
    assert went_well(await page.slash("demo look"))
    assert page.state["channel"]["name"] == "papers"


async def test_a_blog_is_followed_from_the_start(demo, page):
    (blog_post,) = blog_posts(demo)
    assert "Ten weeks on the robot floor" in blog_post
    assert len(demo.world.experiences.threads) == 1

    await page.slash("experience latest")
    assert "1 of 3" in (await page.texts())[-1]
    await page.slash("experience search", text="sewing")
    assert "Twelve weeks at Mila" in (await page.texts())[-1]
    assert not demo.env.errors


async def test_new_experiences_arrive_until_they_are_all_out(demo, page):
    titles = []
    for _ in range(20):
        await page.slash("demo next")
        report = (await page.texts())[-1]
        if "A new experience" in report:
            titles.append(blog_posts(demo)[-1])
            assert titles[-1] in report
    assert [title.split("]")[0] for title in titles] == [
        "[Globalink at the University of Alberta: an agent that learned to lose",
        "[카이스트 연구실에서 보낸 여덟 주",
    ]
    assert len(blog_posts(demo)) == 3
    assert not demo.env.errors


async def test_experiences_arrive_while_no_meeting_is_ahead(demo, page):
    await page.become(demo.world.organiser)
    await page.slash("schedule pause")
    for _ in range(2):
        await skip_to(page, "A new experience")


async def test_a_blog_that_is_paused_brings_nothing(demo, page):
    await page.become(demo.world.organiser)
    assert went_well(await page.slash("feed pause", feed="1"))
    await skip_to(page, "We're starting")
    assert len(blog_posts(demo)) == 1


async def test_one_can_look_into_the_experiences_and_ask_there(demo, page):
    assert went_well(await page.slash("demo look", place="experiences"))
    await page.texts()
    assert page.state["channel"]["name"] == "experiences"
    blog_post = page.state["messages"][page.state["timeline"][0]]
    (picture,) = (one["media"] for one in components_of(blog_post) if "media" in one)
    assert picture["available"], "the page has it without a network"

    await page.slash("experience ask", experience="3")
    assert went_well(await page.submit(question="Who paid for the shoes?", topic=["Other"]))
    assert went_well(await page.slash("demo look"))
    assert "Who paid for the shoes?" in (await page.texts())[-1]
    assert page.state["channel"]["name"].startswith("Ask about: Ten weeks")

    await page.slash("demo look")
    assert page.state["channel"]["name"] == "experiences"
    await page.slash("demo look", place="papers")
    assert page.state["channel"]["name"] == "papers"
    assert not demo.env.errors


async def test_other_blogs_are_out_of_reach(demo, page):
    await page.become(demo.world.organiser)
    assert went_well(await page.slash("feed preview", url="https://somebody.example/blog/"))
    assert "https://summers.example/" in (await page.texts())[-1]
    assert went_well(await page.slash("feed why", url="summers.example"))
    assert "I have posted it." in (await page.texts())[-1]


async def test_clicks_count_while_the_bot_posts_by_itself(demo, page, monkeypatch):
    """Two people at two pages, a beat at every moment, and posts in between: nothing is lost."""
    monkeypatch.setattr(pump, "_BEAT", 0.001)
    monkeypatch.setattr(pump, "_TICK", 0.01)
    channel = demo.app.client.get_channel(demo.world.channel.id)

    async def chatter() -> None:
        for number in range(20):
            await channel.send(f"by the way, {number}")
            await asyncio.sleep(0.01)

    async def click(page: Page) -> list[dict[str, Any]]:
        receipts = [await page.press("Upvote") for _ in range(7)]
        return [*receipts, await page.slash("paper queue")]

    async with aiohttp.ClientSession() as session:
        other = Page(session, demo.url)
        await other.open()
        await other.become(demo.world.organiser)
        with demo.env._bot_scope():
            chattering = asyncio.get_running_loop().create_task(chatter())
        receipts = await asyncio.gather(click(page), click(other))
        await chattering
    assert all(went_well(receipt) for some in receipts for receipt in some)
    await page.slash("help")
    assert "by the way, 19" in await page.texts()
    votes = [text for text in await page.texts() if "Denoising Diffusion" in text]
    assert "4 votes" in "".join(votes), "an odd number of clicks by each"
    assert not demo.env.errors


async def test_a_click_on_what_was_drawn_before_the_last_publication_counts(demo, page):
    stale = page.state["publishedRevision"]
    await page.slash("help")
    assert page.state["publishedRevision"] > stale
    page.state["publishedRevision"] = stale
    assert went_well(await page.press("Upvote"))


async def test_the_page_can_end_it(demo, page):
    assert went_well(await page.end())
    await asyncio.wait_for(demo.closed, 10)


def test_the_command_serves_and_ends_cleanly(tmp_path):
    """As a process: the address is printed, the page is there, SIGTERM ends it without a trace."""
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = iter(process.stdout)
        url = next(line.strip() for line in lines if line.strip().startswith("http://"))
        with urllib.request.urlopen(url, timeout=10) as response:
            assert response.status == 200
        assert list(tmp_path.iterdir())
        process.terminate()
        assert process.wait(20) == 0
        assert process.stderr.read() == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "is_shown"), [("firefly", True), ("w3m", False)])
def test_a_browser_that_stays_open_stops_nothing(tmp_path, name, is_shown):
    """It runs until it is closed; one without windows is left alone."""
    shown, closed = tmp_path / "shown", tmp_path / "closed"
    browser = tmp_path / name
    browser.write_text(
        f'#!/bin/sh\necho "$1" >{shown}\nwhile [ ! -e {closed} ]; do sleep 0.1; done\n'
    )
    browser.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "BROWSER": str(browser)},
    ) as process:
        try:
            assert process.stdout is not None
            lines = iter(process.stdout)
            url = next(line.strip() for line in lines if line.strip().startswith("http://"))
            for _ in range(200):
                if shown.exists() or not is_shown:
                    break
                time.sleep(0.05)
            with urllib.request.urlopen(url, timeout=10) as response:
                assert response.status == 200
            process.terminate()
            assert process.wait(20) == 0
        finally:
            closed.touch()
            process.kill()
    assert shown.exists() == is_shown


def test_a_port_that_is_taken_is_said_plainly():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [sys.executable, "-m", "bot", "demo", "--no-browser", "--port", port],
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 2
    assert f"Port {port} is not to be had" in ended.stderr
    assert "Traceback" not in ended.stderr
