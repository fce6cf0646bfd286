"""Someone at the demo's page, in a real browser: types commands, fills in forms, presses."""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ANSWER = 20.0  # seconds that one action may take
STEPS = 10  # of time, until what is waited for must have come


class Newcomer:
    """Someone at the page. Each method is one action and waits until it is answered."""

    def __init__(self, page: Any, shots: Path | None) -> None:
        self.page = page
        self.actions = 0
        self.slowest = (0.0, "")
        self.faults: list[str] = []
        self._shots = shots
        self._taken = 0
        self._doing = "opening the page"
        page.on("pageerror", lambda error: self._fault(f"script error: {error}"))
        page.on("response", self._look_at_response)

    def slash(self, command: str, **options: str) -> None:
        """A command with what is typed into its options."""

        def act() -> None:
            self._begin(command)
            for name, value in options.items():
                self._option(name)
                self.page.keyboard.type(value, delay=2)
            self.page.keyboard.press("Escape")
            self.page.locator("#send-message").click()

        self._do(f"/{command}", act)

    def choose(self, command: str, *typed: str, **options: str) -> None:
        """A command with options that are chosen from the list that appears, but for `typed`: the
        names of those that are only typed."""

        def act() -> None:
            self._begin(command)
            for name, value in options.items():
                self._option(name)
                self.page.keyboard.type(value, delay=20)
                if name not in typed:
                    offered = self.page.locator(".command-popup [role=option]", has_text=value)
                    offered.first.click()
            self.page.keyboard.press("Escape")
            self.page.locator("#send-message").click()

        self._do(f"/{command} {' '.join(options.values())}", act)

    def press(
        self, label: str, *, on: str = "", first: bool = False, if_there: bool = False
    ) -> None:
        """A button, the newest one with that label; `on` is text of the message below which."""
        messages = self.page.locator("#channel-message-list")
        if on:
            messages = messages.locator("article", has_text=on)
        exactly = re.compile(rf"^\s*{re.escape(label)}\s*$")
        buttons = messages.locator("button", has_text=exactly)
        if if_there and not buttons.count():
            return
        self._do(f"[{label}]", (buttons.first if first else buttons.last).click)

    def submit(self, *values: str, pick: str = "", tick: str = "") -> None:
        """Fill in the form that is open; `pick` is what to choose from its first list, `tick` the
        box to tick, if it has these."""

        def act() -> None:
            for number, value in enumerate(values):
                self.page.locator("#modal-root .modal-input").nth(number).fill(value)
            if pick:
                self.page.locator("#modal-root .select-trigger").first.click()
                self.page.locator("#modal-root [role=option]", has_text=pick).first.click()
            if tick:
                self.page.locator("#modal-root .modal-choice", has_text=tick).click()
            self.photograph("form")
            self.page.locator("#modal-root button[type=submit]").click()

        self._do("a form", act)

    def skip_to(self, text: str) -> None:
        """`/demo next`, until its report has this."""
        for _ in range(STEPS):
            self.slash("demo next")
            if self._report_has(text):
                return
        self._fault(f"{text!r} does not come")

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

    def sees_not(self, text: str) -> None:
        """What nobody posted is not there."""
        if self.has(text):
            self._fault(f"sees {text!r}")

    def sees_form(self, title: str) -> None:
        """A form is open."""
        try:
            self.page.locator("#modal-root", has_text=title).wait_for(timeout=ANSWER * 1000)
        except Exception:
            self._fault(f"does not see the form {title!r}")

    def has(self, text: str) -> bool:
        """Whether it is there now."""
        return bool(self.page.locator("#channel-message-list").get_by_text(text).count())

    def photograph(self, name: str) -> None:
        """Pictures are numbered in the order in which they are taken."""
        if self._shots is not None:
            self._taken += 1
            self.page.screenshot(path=self._shots / f"{self._taken:02}-{name}.png")

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

    def _report_has(self, text: str) -> bool:
        report = self.page.locator("#channel-message-list article", has_text="Now it is").last
        return text in report.inner_text()

    def _begin(self, command: str) -> None:
        self.page.locator("#channel-composer-input").click()
        self.page.keyboard.type(f"/{command}", delay=5)
        title = self.page.get_by_text(re.compile(rf"^/{command}$"))
        self.page.locator(".command-entry").filter(has=title).first.click()

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
