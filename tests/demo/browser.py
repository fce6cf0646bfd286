"""Drives the demo's page in a real browser, as a newcomer would: at least 80 actions in a row.

    python -m tests.demo.browser [--shots FOLDER] [--picture FILE] [--chromium PATH]

Run by hand: it needs playwright (`pip install playwright`) and a Chromium, which the tests do not.
Ends with an error if the page ever shows, logs or gets one. `--shots` keeps pictures on the way;
`--picture` only makes the one for the README.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.demo.newcomer import Newcomer
from tests.demo.organising import organising
from tests.demo.questioning import questions, session

ACTIONS = 80
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def first_minute(me: Newcomer) -> None:
    """Nominate, vote, watch the pick and the whole round."""
    me.photograph("begin")
    me.slash("paper nominate", link="https://arxiv.org/abs/2106.09685", why="We fine-tune with it")
    me.sees("LoRA: Low-Rank Adaptation")
    me.photograph("voted")
    me.slash("paper queue")
    me.slash("paper nominate", link="a title that nobody knows, offline")
    me.press("Fix")
    me.submit("A Paper of Our Own", "Ada Lovelace, Alan Turing", "", "It is short")
    me.press("Post")
    me.become("Jonas (organiser)")
    me.slash("schedule show")
    me.slash("schedule pick")
    me.sees("Paper of the week")
    me.become("Mina")
    me.press("Going")
    me.photograph("announced")
    for step, seen in (("a-day-before", "In the thread"), ("on", "We're starting")):
        me.skip_to(seen)
        me.photograph(step)
    me.slash("demo look")
    me.sees("We're starting")
    me.photograph("thread")
    me.say("I liked the ablations best.")
    me.slash("demo look")


def blog_posts(me: Newcomer) -> None:
    """Read experiences, ask, correct, and wait for a new one."""
    me.choose("demo look", place="experiences")
    me.sees("an agent that learned to lose")
    me.press("Ask about this", on="an agent that learned to lose")
    me.photograph("asking")
    me.submit("Which shoes are the right ones?")
    me.press("Correct", on="an agent that learned to lose")
    me.press("Role")  # has none yet
    me.submit("Teaching Assistant")
    me.sees("Teaching Assistant")
    me.photograph("corrected")
    me.slash("demo look")
    me.sees("Which shoes are the right ones?")
    me.photograph("asked")
    me.slash("demo look")
    me.slash("experience latest")
    me.press("Next")
    me.photograph("latest")
    me.slash("experience search", text="sewing")
    me.choose("demo look", place="#experiences")
    me.sees("카이스트 연구실에서 보낸 여덟 주")
    me.photograph("arrived")
    me.choose("demo look", place="#papers")


def another_round(me: Newcomer, link: str) -> None:
    """All kinds of things, in no wise order, while the bot posts by itself."""
    me.slash("demo next")
    me.slash("paper nominate", link=link)
    me.press("Upvote")
    me.press("Upvote", first=True)
    me.choose("paper show", paper="Denoising")
    me.slash("paper search", text="image")
    me.slash("demo next")
    me.become("Jonas (organiser)")
    me.press("Maybe", if_there=True)
    me.slash("settings show")
    me.slash("paper history")
    me.press("Skip ahead again", if_there=True)
    me.slash("demo next")
    me.become("Mina")
    me.press("Can't", if_there=True)
    me.slash("help")
    me.say("hello")


def picture(me: Newcomer, file: Path) -> None:
    """The announcement, and a paper to vote on."""
    me.page.locator("#messages-toggle").click()
    me.become("Jonas (organiser)")
    me.slash("schedule pick")
    me.become("Mina")
    me.press("Going")
    me.sees("3 going")
    me.page.locator("#channel-message-list article", has_text="We meet").last.evaluate(
        "it => it.scrollIntoView({block: 'end'})"
    )
    me.page.mouse.move(0, 0)
    me.page.wait_for_timeout(500)
    me.page.locator("#channel-timeline").screenshot(path=file)


def _command() -> str:
    """What `make` has installed, or what is on the path: playwright may live elsewhere."""
    made = Path(".venv/bin/paperclub")
    return str(made) if made.exists() else shutil.which("paperclub") or "paperclub"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--shots", type=Path, help="a folder for pictures")
    options.add_argument("--picture", type=Path, help="make this picture, and nothing else")
    options.add_argument("--chromium", default=shutil.which("chromium"), help="the browser")
    options.add_argument("--paperclub", default=_command(), help="the command to try")
    chosen = options.parse_args()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise SystemExit("This needs playwright: pip install playwright") from None
    if chosen.shots is not None:
        chosen.shots.mkdir(parents=True, exist_ok=True)
    demo = subprocess.Popen(
        [chosen.paperclub, "demo", "--no-browser"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert demo.stdout is not None
        url = next(line.strip() for line in demo.stdout if line.strip().startswith("http"))
        with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
            browser = playwright.chromium.launch_persistent_context(
                profile,
                executable_path=chosen.chromium,
                args=_FLAGS,
                viewport={"width": 720 if chosen.picture else 1280, "height": 860},
                device_scale_factor=1.5 if chosen.picture else 1,
            )
            me = Newcomer(browser.new_page(), chosen.shots)
            me.open(url)
            if chosen.picture is not None:
                picture(me, chosen.picture)
                return
            questions(me)
            session(me)
            first_minute(me)
            blog_posts(me)
            organising(me)
            links = iter(("1810.04805", "2010.11929", "1412.6980", "2005.14165", "1406.2661"))
            while me.actions < ACTIONS:
                another_round(me, next(links))
            me.photograph("end")
            browser.close()
    finally:
        demo.terminate()
        demo.wait(20)
    seconds, what = me.slowest
    sys.stdout.write(f"{me.actions} actions, the slowest ({what}) took {seconds:.1f} s\n")
    if me.faults or demo.returncode:
        raise SystemExit("\n".join([*me.faults, f"the demo ended with {demo.returncode}"]))


if __name__ == "__main__":
    main()
