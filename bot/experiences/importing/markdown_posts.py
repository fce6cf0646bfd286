"""Posts as site generators keep them: a file of Markdown with front matter (Jekyll, Hugo)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from pathlib import Path, PurePath
from typing import Any

from markdown_it import MarkdownIt

from bot.core.text import cut
from bot.experiences.importing.front_matter import instant, line, lines, parted
from bot.experiences.sources.content import clean
from bot.experiences.sources.documents import LONGEST_TITLE, Content, Entry
from bot.experiences.sources.encodings import decode
from bot.experiences.sources.text_repair import without_template_syntax
from bot.experiences.sources.urls import absolute

_MOST_BYTES = 2_000_000
_LONGEST_BODY = 300_000  # characters
_MANY_QUOTES = 5_000  # finding pairs of more takes very long
_LONGEST_NAME, _LONGEST_TAG, _MOST_TAGS = 200, 100, 20
_FILE_NAME = re.compile(r"(?:(\d{4})-(\d{1,2})-(\d{1,2})-)?(.+)")
_HEADING = re.compile(r"#{1,2}[ \t]+([^\n]{1,500})")
_HIGHLIGHT = re.compile(
    r"\{%-? *highlight\b[^%\n]{0,100}%\}(.*?)\{%-? *endhighlight *-?%\}", re.DOTALL
)
_CODE = re.compile(
    r"(^(?:```|~~~)[^\n]*\n.*?(?:^(?:```|~~~)[ \t]*$|\Z)|``[^\n]*?``|`[^`\n]+`)",
    re.DOTALL | re.MULTILINE,
)
_INCLUDED = re.compile(r"\{%-? *include\s[^%\n]{1,500}%\}|\{\{[<%] *figure\s[^}\n]{1,500}\}\}")
_PICTURE = re.compile(
    r"\b(?:path|src|url|image(?:_path)?)=[\"']?([^\"'\s]+\.(?:png|jpe?g|gif|webp|avif))",
    re.IGNORECASE,
)
_SAYS = re.compile(r"\b(?:alt|title|caption)=\"([^\"]*)\"")


@dataclass(frozen=True, slots=True)
class MarkdownPost:
    """`slug` is the post's name in addresses; a draft was not meant to be read yet."""

    entry: Entry
    slug: str
    is_draft: bool = False


def read_post(
    source: Path | str, *, zone: tzinfo = UTC, site: str | None = None, name: str = ""
) -> MarkdownPost:
    """The post in a file, or in a text that would be in the file `name`.

    A date without a zone is of `zone`; relative addresses begin at `site`. Raises ValueError, with
    a sentence that names the file and line, for front matter that cannot be read; OSError if the
    file cannot.
    """
    path = source if isinstance(source, Path) else PurePath(name or "post.md")
    text = _text_in(source) if isinstance(source, Path) else source
    fields, body = parted(text.replace("\r\n", "\n"), str(path))
    slug, day = _named(path)
    title = _title(fields, body, slug)
    content = _content(fields, body, title, site)
    tags = tuple(dict.fromkeys(_tags(fields)))[:_MOST_TAGS]
    entry = Entry(
        link=absolute(line(fields.get("permalink")), site) if fields.get("permalink") else None,
        title=title,
        author=_author(fields),
        published_at=_first_moment(fields, ("date", "published_at", "publishDate"), zone)
        or instant(day, zone),
        updated_at=_first_moment(fields, ("last_modified_at", "lastmod", "updated"), zone),
        tags=tags,
        content=content,
    )
    return MarkdownPost(entry, line(fields.get("slug")) or slug, _is_draft(fields, path))


def _text_in(path: Path) -> str:
    with path.open("rb") as file:
        return decode(file.read(_MOST_BYTES), None).text


def _title(fields: Mapping[str, Any], body: str, slug: str) -> str:
    heading = _HEADING.match(body.lstrip())
    stated = next(filter(None, lines(fields.get("title"))), "")
    found = stated or (line(heading[1]) if heading else "") or slug.replace("-", " ").capitalize()
    return cut(found, LONGEST_TITLE)


def _author(fields: Mapping[str, Any]) -> str:
    names = [name for key in ("author", "authors") for name in lines(fields.get(key)) if name]
    return cut(", ".join(dict.fromkeys(names)), _LONGEST_NAME)


def _tags(fields: Mapping[str, Any]) -> Iterator[str]:
    """Categories, then tags. In the plural, Jekyll takes a text for words apart."""
    for key in ("category", "categories", "tag", "tags"):
        value = fields.get(key)
        if isinstance(value, str) and key.endswith("s"):
            value = value.split(",") if "," in value else value.split()
        yield from (cut(tag.strip(), _LONGEST_TAG) for tag in lines(value) if tag.strip())


def _is_draft(fields: Mapping[str, Any], path: PurePath) -> bool:
    hidden = fields.get("draft") is True or fields.get("published") is False
    return hidden or "_drafts" in path.parts


def _named(path: PurePath) -> tuple[str, date | None]:
    """The slug and the date in a file's name; Hugo keeps a post in a folder as `index.md`."""
    stem = path.parent.name if path.stem in ("index", "_index") and path.parent.name else path.stem
    found = _FILE_NAME.fullmatch(stem)
    if found is None or found[1] is None:
        return stem, None
    try:
        return found[4], date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return stem, None


def _first_moment(
    fields: Mapping[str, Any], keys: tuple[str, ...], zone: tzinfo
) -> datetime | None:
    return next((found for key in keys if (found := instant(fields.get(key), zone))), None)


def _content(fields: Mapping[str, Any], body: str, title: str, site: str | None) -> Content:
    described = (line(fields.get(key)) for key in ("excerpt", "summary", "description"))
    html = _picture(fields) + _html(body)
    return clean(html, base_url=site, title=title, summary=next(filter(None, described), ""))


def _picture(fields: Mapping[str, Any]) -> str:
    """The picture of the front matter, in front of those of the text."""
    header = fields.get("header")
    nested = (header.get("teaser"), header.get("image")) if isinstance(header, Mapping) else ()
    cover = fields.get("cover")
    cover = cover.get("image") if isinstance(cover, Mapping) else cover
    stated = (fields.get("image"), cover, fields.get("thumbnail"), fields.get("featured_image"))
    found = next((path for value in (*stated, *nested) for path in lines(value) if path), "")
    return _image(found, "") if found else ""


def _html(markdown: str) -> str:
    markdown = _HIGHLIGHT.sub(r"\n```\1```\n", markdown[:_LONGEST_BODY])
    pieces = _CODE.split(markdown)
    pieces[::2] = [without_template_syntax(_INCLUDED.sub(_shown, text)) for text in pieces[::2]]
    text = "".join(pieces)
    return str(_renderer(text.count('"') + text.count("'") < _MANY_QUOTES).render(text))


def _shown(include: re.Match[str]) -> str:
    """The picture that an include shows, if it shows one."""
    path, says = _PICTURE.search(include[0]), _SAYS.search(include[0])
    return _image(path[1], says[1] if says else "") if path else ""


def _image(path: str, says: str) -> str:
    path, says = path.replace('"', "%22"), says.replace('"', "&quot;")
    return f'<img src="{path}" alt="{says}">'


@cache
def _renderer(with_quotes: bool) -> MarkdownIt:
    """With what Jekyll and Hugo add to CommonMark, and typography as they set it."""
    renderer = MarkdownIt("commonmark", {"html": True, "typographer": True})
    renderer.enable(["table", "strikethrough", "replacements"])
    return renderer.enable("smartquotes") if with_quotes else renderer
