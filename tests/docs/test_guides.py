"""The guides name what there is, and nothing else."""

import re
from pathlib import Path

import discord
import pytest

from bot.cli import app
from bot.questions.model import DEFAULTS
from bot.settings import Settings
from tests.docs import commands

GUIDES = [
    *(commands.ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *sorted((commands.ROOT / "docs").glob("*.md")),
]
DECISIONS = sorted((commands.ROOT / "docs" / "decisions").glob("0*.md"))
LINKED = [*GUIDES, commands.ROOT / "CHANGELOG.md", *DECISIONS]
OPTIONS = {  # of `/settings questions`, and what it sets
    "topics": "topics",
    "anonymous": "anonymous_questions",
    "anonymous_answers": "anonymous_answers",
    "approval": "approval",
    "pause": "cooldown_minutes",
    "digest": "digest",
}


def anchors(page: Path) -> set[str]:
    """What a link to a heading of this page can be."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one).strip().lower().replace(" ", "-") for one in headings}


def shown(value: object) -> str:
    """How the guide writes a default."""
    if isinstance(value, list):
        return ", ".join(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


async def test_the_page_of_commands_is_up_to_date() -> None:
    page = commands.page(await commands.registered())
    assert commands.PAGE.read_text() == page, "run `make docs`"


async def test_every_command_and_option_is_explained() -> None:
    page = commands.PAGE.read_text()

    def check(name: str, command: dict[str, object]) -> None:
        assert name in page
        options = command.get("options") or []
        assert isinstance(options, list)
        for option in options:
            assert option["description"], f"{name} {option['name']} says nothing"
            if option["type"] in commands.INSIDE:
                check(f"{name} {option['name']}", option)
            else:
                assert f"| `{option['name']}` | {option['description']}" in page

    for command in await commands.registered():
        check(command["name"], command)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_the_commands_in_a_guide_exist(guide: Path) -> None:
    page = commands.PAGE.read_text()
    other = "healthz|data|demo"  # an address, a folder, a command of the demo's
    for name in re.findall(rf"`/(?!{other})([a-z]+(?: [a-z]+)?)\b[^`/]*`", guide.read_text()):
        assert re.search(rf"/{name}\b", page), f"{guide.name} names /{name}"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_the_make_targets_in_a_guide_exist(guide: Path) -> None:
    targets = re.findall(r"^([a-z]+):", (commands.ROOT / "Makefile").read_text(), re.MULTILINE)
    named = re.findall(r"(?:`|^)make ([a-z]+)", guide.read_text(), re.MULTILINE)
    assert set(named) <= set(targets)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_the_words_after_paperclub_in_a_guide_are_commands(guide: Path) -> None:
    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    known |= {group.name for group in app.registered_groups}
    named = re.findall(
        r"(?:`|^)(?:\.venv/bin/)?paperclub ([a-z]+)", guide.read_text(), re.MULTILINE
    )
    assert set(named) <= known


@pytest.mark.parametrize("guide", LINKED, ids=lambda path: path.name)
def test_links_between_the_guides_lead_somewhere(guide: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|mailto:)([^)\s]+)", guide.read_text()):
        file, _, anchor = target.partition("#")
        page = guide.parent / file if file else guide
        assert page.exists(), f"{guide.name} links to {target}"
        assert not anchor or anchor in anchors(page), f"{guide.name} links to {target}"


def test_the_index_has_every_decision_by_its_title() -> None:
    index = (commands.ROOT / "docs" / "decisions" / "README.md").read_text()
    for decision in DECISIONS:
        first = decision.read_text().partition("\n")[0]
        number, _, title = first.removeprefix("# ").partition(". ")
        assert f"| [{number}]({decision.name}) | {title} |" in index


def test_the_guide_for_hosts_has_every_setting() -> None:
    hosting = (commands.ROOT / "docs" / "hosting.md").read_text()
    for name, field in Settings.model_fields.items():
        assert f"`{field.validation_alias or f'PAPERCLUB_{name.upper()}'}`" in hosting


def test_the_guide_for_organisers_has_the_settings_of_questions_with_their_defaults() -> None:
    guide = (commands.ROOT / "docs" / "organisers.md").read_text()
    assert set(OPTIONS.values()) == set(DEFAULTS)
    for option, name in OPTIONS.items():
        assert f"| `{option}` | {shown(DEFAULTS[name])} |" in guide


@pytest.mark.parametrize("guide", ["README.md", "docs/hosting.md"])
def test_the_invite_link_asks_for_what_is_used_and_no_more(guide: str) -> None:
    (number,) = set(re.findall(r"&permissions=(\d+)", (commands.ROOT / guide).read_text()))
    assert discord.Permissions(int(number)) == discord.Permissions(
        view_channel=True,
        send_messages=True,
        embed_links=True,
        create_public_threads=True,
        send_messages_in_threads=True,
        read_message_history=True,
        create_events=True,
    )
