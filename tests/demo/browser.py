"""Drives the demo's page in a real browser, as a newcomer would: at least 80 actions in a row.

    python -m tests.demo.browser [--shots FOLDER] [--picture FILE] [--chromium PATH]

Run by hand: it needs playwright (`pip install playwright`) and a Chromium, which the tests do not.
Ends with an error if the page ever shows, logs or gets one. `--shots` keeps pictures on the way;
`--picture` only makes the one for the README.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ACTIONS = 80
STEPS = 8  # until a new account arrives
ANSWER = 20.0  # seconds that one action may take
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Newcomer:
    """Someone at the page. Each method is one action and waits until it is answered."""

    def __init__(self, page: Any, shots: Path | None) -> None:
        self.page = page
        self.actions = 0
        self.slowest = (0.0, "")
        self.faults: list[str] = []
        self._shots = shots
        self._doing = "opening the page"
        page.on("pageerror", lambda error: self._fault(f"script error: {error}"))
        page.on("response", self._look_at_response)

    def slash(self, command: str, **options: str) -> None:
        def act() -> None:
            self.page.locator("#channel-composer-input").click()
            self.page.keyboard.type(f"/{command}", delay=5)
            title = self.page.get_by_text(re.compile(rf"^/{command}$"))
            self.page.locator(".command-entry").filter(has=title).first.click()
            for name, value in options.items():
                self._fill(name, value)
            self.page.keyboard.press("Escape")
            self.page.locator("#send-message").click()

        self._do(f"/{command}", act)

    def choose(self, command: str, option: str, typed: str) -> None:
        """A command with one option, chosen from the list that appears."""

        def act() -> None:
            self.page.locator("#channel-composer-input").click()
            self.page.keyboard.type(f"/{command}", delay=5)
            title = self.page.get_by_text(re.compile(rf"^/{command}$"))
            self.page.locator(".command-entry").filter(has=title).first.click()
            self._option(option)
            self.page.keyboard.type(typed, delay=20)
            self.page.locator(".command-popup [role=option]", has_text=typed).first.click()
            self.page.locator("#send-message").click()

        self._do(f"/{command} {typed}", act)

    def press(self, label: str, *, first: bool = False, if_there: bool = False) -> None:
        buttons = self.page.locator("#channel-message-list button", has_text=label)
        if if_there and not buttons.count():
            return
        self._do(f"[{label}]", (buttons.first if first else buttons.last).click)

    def submit(self, *values: str, pick: str = "") -> None:
        """Fill in the form that is open; `pick` is what to choose from its list, if it has one."""

        def act() -> None:
            if pick:
                self.page.locator("#modal-root .select-trigger").click()
                self.page.locator("[role=option]", has_text=pick).first.click()
            for number, value in enumerate(values):
                self.page.locator("#modal-root .modal-input").nth(number).fill(value)
            self.page.locator("#modal-root button[type=submit]").click()

        self._do("a form", act)

    def become(self, name: str) -> None:
        self._do(
            f"as {name}",
            lambda: self.page.locator("#viewer-picker").select_option(label=name),
            receipt=False,
        )

    def say(self, text: str) -> None:
        def act() -> None:
            self.page.locator("#channel-composer-input").fill(text)
            self.page.keyboard.press("Enter")

        self._do(f"says {text!r}", act)

    def sees(self, text: str, *, within: float = ANSWER) -> None:
        """What was posted is there, perhaps in a moment."""
        shown = self.page.locator("#channel-message-list").get_by_text(text).last
        try:
            shown.wait_for(timeout=within * 1000)
        except Exception:
            self._fault(f"does not see {text!r}")

    def has(self, text: str) -> bool:
        """Whether it is there now."""
        return bool(self.page.locator("#channel-message-list").get_by_text(text).count())

    def photograph(self, name: str) -> None:
        if self._shots is not None:
            self.page.screenshot(path=self._shots / f"{name}.png")

    def open(self, url: str) -> None:
        self.page.goto(url)
        self._wait_until(lambda state: state is not None and state["ready"])

    def _do(self, what: str, act: Callable[[], object], *, receipt: bool = True) -> None:
        self._doing = what
        before = self._sequence()
        began = time.monotonic()
        act()

        def answered(state: dict[str, Any] | None) -> bool:
            if state is None or not state["ready"] or state["pendingAction"]:
                return False
            if state["awaitingRevision"] is not None:
                return False
            return not receipt or _sequence_of(state) != before

        if not receipt:
            self.page.wait_for_timeout(300)  # switching shows no number of its own
        state = self._wait_until(answered)
        self.actions += 1
        self.slowest = max(self.slowest, (time.monotonic() - began, what))
        last = state["lastAction"]
        if last and (last["rejected"] or last["uncertain"] or last["settlement"] != "settled"):
            self._fault(f"{last['settlement']}: {last['diagnostics']}")
        if state["transport"]["state"] not in ("healthy", "idle", "recovered"):
            self._fault(f"connection: {state['transport']['state']}")
        sys.stdout.write(f"{self.actions:3} {what}\n")

    def _fill(self, name: str, value: str) -> None:
        self._option(name)
        self.page.keyboard.type(value, delay=2)

    def _option(self, name: str) -> None:
        field = self.page.locator(f'.command-option-input[data-option="{name}"]')
        if not field.count():
            self.page.locator(".command-ghost").click()
            self.page.locator(".command-popup [role=option]", has_text=name).first.click()
        field.click()

    def _sequence(self) -> int:
        state = self._state()
        return _sequence_of(state) if state else 0

    def _state(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.page.evaluate(
            "window.simcordPreview ? JSON.parse(JSON.stringify(window.simcordPreview)) : null"
        )
        return found

    def _wait_until(self, good: Callable[[dict[str, Any] | None], bool]) -> dict[str, Any]:
        until = time.monotonic() + ANSWER
        while not good(state := self._state()):
            if time.monotonic() > until:
                self._fault(f"no answer; the page says {state and state['lastAction']}")
                break
            self.page.wait_for_timeout(50)
        return state or {"lastAction": None, "transport": {"state": "idle"}}

    def _look_at_response(self, response: Any) -> None:
        if response.status >= 400 and not response.url.endswith("/favicon.ico"):
            self._fault(f"{response.status} for {response.url}")

    def _fault(self, what: str) -> None:
        self.faults.append(f"{self._doing}: {what}")
        sys.stdout.write(f"    fault: {what}\n")
        self.photograph(f"fault-{len(self.faults)}")


def _sequence_of(state: dict[str, Any]) -> int:
    """The number of the last action that was answered."""
    return int((state["lastAction"] or {}).get("sequence") or 0)


def first_minute(me: Newcomer) -> None:
    """Nominate, vote, watch the pick and the whole round."""
    me.photograph("1-begin")
    me.slash("paper nominate", link="https://arxiv.org/abs/2106.09685", why="We fine-tune with it")
    me.sees("LoRA: Low-Rank Adaptation")
    me.press("Upvote")
    me.photograph("2-voted")
    me.slash("paper queue")
    me.slash("paper nominate", link="a title that nobody knows, offline")
    me.press("Type it in")
    me.submit("A Paper of Our Own", "Ada Lovelace, Alan Turing", "", "It is short")
    me.become("Jonas (organiser)")
    me.slash("schedule show")
    me.slash("schedule pick")
    me.sees("Paper of the week")
    me.become("Mina")
    me.press("Going")
    me.photograph("3-announced")
    me.slash("demo next")
    me.sees("A new account in")
    me.photograph("4-an-account")
    for step in ("5-a-day-before", "6-an-hour-before", "7-on"):
        me.slash("demo next")
        me.photograph(step)
    me.slash("demo look")
    me.sees("We're on")
    me.photograph("8-thread")
    me.say("I liked the ablations best.")
    me.slash("demo look")


def accounts(me: Newcomer) -> None:
    """Read accounts, ask, correct, and wait for a new one."""
    me.choose("demo look", "place", "experiences")
    me.sees("an agent that learned to lose")
    me.press("Ask about this")
    me.photograph("9-asking")
    me.submit("Which shoes are the right ones?")
    me.press("Correct")
    me.submit("Teaching Assistant", pick="Role")
    me.sees("Teaching Assistant")
    me.photograph("10-corrected")
    me.slash("demo look")
    me.sees("Which shoes are the right ones?")
    me.photograph("11-asked")
    me.slash("demo look")
    me.slash("experience latest")
    me.press("Next")
    me.photograph("12-latest")
    me.slash("experience search", text="sewing")
    for _ in range(STEPS):
        me.slash("demo next")
        if me.has("A new account in"):
            break
    me.sees("카이스트 연구실에서 보낸 여덟 주")
    me.photograph("13-arrived")
    me.choose("demo look", "place", "papers")


def another_round(me: Newcomer, link: str) -> None:
    """All kinds of things, in no wise order, while the bot posts by itself."""
    me.slash("demo next")
    me.slash("paper nominate", link=link)
    me.press("Upvote")
    me.press("Upvote", first=True)
    me.choose("paper show", "paper", "Denoising")
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
            first_minute(me)
            accounts(me)
            links = iter(("1810.04805", "2010.11929", "1412.6980", "2005.14165", "1406.2661"))
            while me.actions < ACTIONS:
                another_round(me, next(links))
            me.photograph("14-end")
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
