"""Posts as site generators keep them, from a text or a file."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.experiences.importing.markdown_posts import MarkdownPost, read_post

NAME = "_posts/2021-11-30-three-months.md"
SITE = "https://blog.example/"
SENTENCE = "We worked on robots all summer long."


def post(front: str, body: str = SENTENCE, name: str = NAME) -> MarkdownPost:
    return read_post(
        f"---\n{front}\n---\n{body}\n", zone=ZoneInfo("Asia/Seoul"), site=SITE, name=name
    )


def test_yaml_toml_and_json_say_the_same() -> None:
    texts = (
        f"---\ntitle: One\nauthor: Ada\ndate: 2020-01-02T03:04:05Z\ntags: [a, b]\n---\n{SENTENCE}",
        '+++\ntitle="One"\nauthor="Ada"\ndate=2020-01-02T03:04:05Z\ntags=["a","b"]\n+++\n'
        + SENTENCE,
        '{\n"title": "One", "author": "Ada",\n"date": "2020-01-02T03:04:05Z", '
        '"tags": ["a", "b"]\n}\n' + SENTENCE,
    )
    first, *others = (read_post(text) for text in texts)
    assert first.entry.published_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (first.entry.title, first.entry.author, first.entry.tags) == ("One", "Ada", ("a", "b"))
    assert all(other == first for other in others)


@pytest.mark.parametrize(
    ("front", "published"),
    [
        ("title: x", datetime(2021, 11, 29, 15, tzinfo=UTC)),
        ("date: 2024-01-01 15:09:00", datetime(2024, 1, 1, 6, 9, tzinfo=UTC)),
        ("date: 2024-01-01 15:09:00 +0100", datetime(2024, 1, 1, 14, 9, tzinfo=UTC)),
        ("date: someday", datetime(2021, 11, 29, 15, tzinfo=UTC)),
        ("date: 0012-01-01", datetime(2021, 11, 29, 15, tzinfo=UTC)),
    ],
)
def test_a_date_without_zone_is_of_the_blog_and_the_file_name_has_one_too(
    front: str, published: datetime
) -> None:
    assert post(front).entry.published_at == published


@pytest.mark.parametrize(
    ("front", "tags"),
    [
        ("category: summer2019\ntags: [wona]", ("summer2019", "wona")),
        ("categories: one two\ntags: a, b c", ("one", "two", "a", "b c")),
        ("tags:", ()),
    ],
)
def test_categories_come_before_tags(front: str, tags: tuple[str, ...]) -> None:
    assert post(front).entry.tags == tags


@pytest.mark.parametrize(
    ("front", "body", "image"),
    [
        ("image: pic.png", SENTENCE, f"{SITE}pic.png"),
        ("image: {path: /a/b.png}", SENTENCE, f"{SITE}a/b.png"),
        (
            "a: 1",
            '{% include figure.liquid path="assets/x.jpg" title="Us" %}',
            f"{SITE}assets/x.jpg",
        ),
        ("a: 1", "![x]({{ site.baseurl }}/y.png){: .wide}", f"{SITE}y.png"),
    ],
)
def test_the_picture_is_found_where_generators_put_it(front: str, body: str, image: str) -> None:
    content = post(front, body).entry.content
    assert content.image_url == image
    assert "{" not in content.lead


def test_code_keeps_what_looks_like_a_leftover() -> None:
    body = f"{SENTENCE} `{{% raw %}}`\n\n```\n{{{{ x }}}}\n```\n{{: .y}} {{% z %}}"
    lead = post("a: 1", body).entry.content.lead
    assert "{% raw %}" in lead
    assert "{{ x }}" in lead
    assert "{:" not in lead
    assert "{% z" not in lead


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: [a\nb: c\n---\nx", 3),
        ("---\ntitle: x\nno end", 1),
        ('+++\ntitle = "a"\nb = \n+++\nx', 3),
        ('{\n"a": 1,\n}\nx', 3),
        ("---\n- a\n---\nx", 1),
        ("---\na: !!python/object:os.system {}\n---\nx", 2),
    ],
)
def test_bad_front_matter_is_named_with_file_and_line(text: str, line: int) -> None:
    with pytest.raises(ValueError, match=f"^{NAME}, line {line}: .*front matter"):
        read_post(text, name=NAME)


def test_drafts_slugs_and_titles() -> None:
    assert post("title: x").slug == "three-months"
    assert post("slug: other").slug == "other"
    assert post("a: 1").entry.title == "Three months"
    assert post("a: 1", f"# Heading\n\n{SENTENCE}").entry.title == "Heading"
    assert post("draft: true").is_draft
    assert post("published: false").is_draft
    assert not post("title: x").is_draft
    assert post("title: x", name="posts/trip/index.md").slug == "trip"


def test_a_file_is_read_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "2020-02-03-one.md"
    path.write_bytes(f"\ufeff---\r\ntitle: Eins\r\n---\r\n{SENTENCE}".encode())
    found = read_post(path)
    assert (found.slug, found.entry.title, found.entry.content.text) == ("one", "Eins", SENTENCE)
