"""A folder of posts, as a site's generator keeps them: which files, and what they say."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from os import walk
from pathlib import Path
from urllib.parse import urlsplit

from bot.core.errors import UserError
from bot.core.text import one_line, web_address
from bot.experiences.identity.keys import Fresh, file_key, keys_of
from bot.experiences.importing.markdown_posts import MarkdownPost, read_post
from bot.experiences.sources.documents import Entry

_ENDINGS = frozenset({".md", ".markdown", ".mkd", ".mdown"})
_NOT_POSTS = frozenset({"_index", "readme"})  # Hugo's page about a list of posts; a note
_NOT_SEARCHED = frozenset({"node_modules", "_site", "vendor"})
_PATTERN = re.compile(r"/:[a-z]")  # in an address that the generator has still to fill in
_NOWHERE = "https://site.invalid/"


@dataclass(frozen=True)
class Site:
    """Where posts were published: its addresses, the present one first, if they are known."""

    addresses: tuple[str, ...] = ()

    @property
    def base(self) -> str | None:
        return self.addresses[0].rstrip("/") + "/" if self.addresses else None

    @property
    def name(self) -> str:
        return (urlsplit(self.base or "").hostname or "").removeprefix("www.")


@dataclass(frozen=True)
class Failure:
    """A file that can't be read, and why. The reason may begin with a line's number."""

    file: Path
    reason: str


@dataclass(frozen=True)
class Posts:
    """What some files have to say. `hidden` of them are drafts, or dated ahead."""

    found: tuple[tuple[Entry, Fresh], ...]
    hidden: int
    failures: tuple[Failure, ...]


def site_of(addresses: Sequence[str]) -> Site:
    """The site at these addresses. Raises UserError if one isn't a web address."""
    for address in addresses:
        if web_address(address) is None:
            raise UserError(
                f"{one_line(address)} is no address of a site. It begins with https://."
            )
    return Site(tuple(addresses))


def post_files(folder: Path) -> list[Path]:
    """The files in a folder that may be posts; of a whole site, those where it keeps its posts.

    Raises UserError if there are none.
    """
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}.")
    files = sorted(_texts_in(folder))
    posts = [file for file in files if "_posts" in file.relative_to(folder).parts]
    contents = [file for file in files if file.relative_to(folder).parts[0] == "content"]
    found = posts or contents or files
    if not found:
        raise UserError(f"There are no posts in {folder}: no file there ends in .md.")
    return found


def read_posts(
    files: Sequence[Path],
    site: Site,
    *,
    zone: tzinfo,
    now: datetime,
    on_read: Callable[[], object] = lambda: None,
) -> Posts:
    """The posts in these files, ready to be compared. `on_read` is called after each."""
    found, hidden, failures = [], 0, []
    for file in files:
        read = _read(file, site, zone)
        if isinstance(read, Failure):
            failures.append(read)
        elif read.is_draft or (read.entry.published_at or now) > now:
            hidden += 1
        else:
            found.append(_comparable(read, file, site))
        on_read()
    return Posts(tuple(found), hidden, tuple(failures))


def _texts_in(folder: Path) -> Iterator[Path]:
    for here, folders, names in walk(folder):
        folders[:] = [n for n in folders if not n.startswith(".") and n not in _NOT_SEARCHED]
        yield from filter(_may_be_post, map(Path(here).joinpath, names))


def _may_be_post(path: Path) -> bool:
    hidden = path.name.startswith(".") or path.stem.lower() in _NOT_POSTS
    return path.suffix.lower() in _ENDINGS and not hidden


def _read(file: Path, site: Site, zone: tzinfo) -> MarkdownPost | Failure:
    try:
        return read_post(file, zone=zone, site=site.base)
    except OSError as error:
        return Failure(file, f"{error.strerror or error}.")
    except ValueError as error:
        return Failure(file, str(error).removeprefix(f"{file}, "))
    except Exception as error:  # one odd file must not keep the others out
        return Failure(file, f"It can't be read ({type(error).__name__}).")


def _comparable(post: MarkdownPost, file: Path, site: Site) -> tuple[Entry, Fresh]:
    """The post with its keys. Where it doesn't state its address, its file stands for that."""
    entry = post.entry
    if entry.link and _PATTERN.search(entry.link):
        entry = replace(entry, link=None)
    stated = entry.link or f"{_NOWHERE}{post.slug}"
    keys = keys_of([(None, stated, entry.title)], site.addresses)[0]
    if entry.link is None or keys.address is None:
        keys = replace(keys, address=file_key(file.resolve().as_uri()))
    return entry, Fresh(keys, entry.content.text, entry.published_at)
