"""Static files, read once when the application starts.

The style sheet stands inside the pages that come first: on a slow telephone one blocking request less is worth more
than a cached file. The Content-Security-Policy allows it by its hash, `css_hash`. Whoever is signed in reads several
pages and gets it as a file, offices with the style of tables. Everything served lies below `/static/` at an address
that carries the file's hash (`asset_url`), so that browsers may keep it for ever.

A plan's own folder may have colours (`colours.css`, a few lines that stand in every page after ours) and an icon
(`static/icon.svg`, which takes the place of ours).
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
from markupsafe import Markup

from webapp.guides import pictures
from webapp.pieces import options, pages_shown, table_rows

if TYPE_CHECKING:
    from flask import Flask

    from webapp.config import Plan

STATIC = Path(__file__).parent / "static"
PREFIX, OWN_PREFIX = "/static/", "/static/own/"
GUIDES = "guides/"  # below PREFIX: the pictures of the how-to guides, which stand with the guides
SERVED = frozenset({".css", ".js", ".svg", ".txt", ".png", ".pdf", ".webp"})
SMALLEST_WORTH_COMPRESSING = 256  # bytes; below it the headers weigh more than what is saved

#: Style sheets that pages link, built from those beside them: of signed-in members, of offices.
MEMBER_STYLE, OFFICE_STYLE = "app.built.css", "office.built.css"

# The release that was measured and read. Another file under this name must never reach a browser.
HTMX = "htmx-4.0.1.min.js"
HTMX_SHA256 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


class AssetsBroken(Exception):
    """A file is not what was reviewed."""


def minify_css(source: str) -> str:
    """`source` without its comments and without white space that means nothing; strings stay as they are.

    The space before `:` and `(` and around `+`, `-`, `*`, `/` stays: there it may join selectors or sit in calc().
    """
    parts = _STRING.split(_COMMENT.sub("", source))
    for i in range(0, len(parts), 2):
        part = re.sub(r"\s+", " ", parts[i])
        part = re.sub(r" ?([{};,>]) ?", r"\1", part)
        parts[i] = part.replace(": ", ":").replace(";}", "}")
    return "".join(parts).strip()


def read_css(name: str, folder: Path = STATIC) -> Markup:
    """A minified style sheet, ready to stand in a style element. Raises AssetsBroken if it would end that element."""
    css = minify_css((folder / name).read_text(encoding="utf-8"))
    if "</" in css:
        raise AssetsBroken(f"{name} holds '</', which would end the style element")
    return Markup(css)  # noqa: S704 - our own file, checked above; nothing of a user's reaches it


def _write(target: Path, data: bytes) -> None:
    """Write a file so that it appears as a whole."""
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(target)


def write_style(name: str, style: str, folder: Path = STATIC) -> None:
    """Write a style sheet that pages link where it is not there as it should be. It is built, not committed."""
    target = folder / name
    if not target.is_file() or target.read_text(encoding="utf-8") != style:
        _write(target, style.encode())


def source_expression(text: str) -> str:
    """The hash of inlined text as a Content-Security-Policy writes it, without the quotes: `sha256-…`."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def served_files(folder: Path = STATIC) -> list[Path]:
    """The files that pages link to."""
    return sorted(path for path in folder.rglob("*") if path.suffix in SERVED and path.is_file())


def read_urls(folder: Path = STATIC, below: str = "") -> dict[str, str]:
    """Name -> address of every served file. below: what names begin with. Raises AssetsBroken when htmx is not the
    pinned release."""
    urls = {}
    for path in served_files(folder):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if path.name == HTMX and digest != HTMX_SHA256:
            raise AssetsBroken(f"{HTMX} is not the reviewed release: its sha256 is {digest}")
        name = f"{below}{path.relative_to(folder).as_posix()}"
        urls[name] = f"{PREFIX}{name}?v={digest[:8]}"
    return urls


css = read_css("app.css")
css_hash = source_expression(css)
write_style(MEMBER_STYLE, css)
write_style(OFFICE_STYLE, css + read_css("office.css"))
_urls = {**read_urls(), **read_urls(pictures.PICTURES, GUIDES)}


_own_urls: dict[str, str] = {}
own_css = Markup("")
style_hashes: tuple[str, ...] = (css_hash,)


def install(plan: Plan) -> None:
    """Take the plan's own colours and pictures. Raises AssetsBroken for colours that would end the style element."""
    global own_css, style_hashes, _own_urls
    own_css = (
        read_css("colours.css", plan.folder) if plan.folder and plan.own_file("colours.css") else Markup("")
    )
    style_hashes = (css_hash, source_expression(own_css)) if own_css else (css_hash,)
    folder = own_folder(plan)
    urls = read_urls(folder) if folder else {}
    _own_urls = {name: url.replace(PREFIX, OWN_PREFIX, 1) for name, url in urls.items()}


def own_folder(plan: Plan) -> Path | None:
    """Where the plan's own static files lie, if it has any."""
    folder = plan.folder / "static" if plan.folder else None
    return folder if folder and folder.is_dir() else None


def asset_url(name: str) -> str:
    """The address of a static file, e.g. `app.js`. Raises KeyError for a file that is not there."""
    return _own_urls.get(name) or _urls[name]


def is_immutable(_path: str, url: str) -> bool:
    """Whether browsers may keep a file for ever: all that pages link to, since each address carries the file's hash."""
    return url.removeprefix(OWN_PREFIX) in _own_urls or url.removeprefix(PREFIX) in _urls


def init_app(app: Flask) -> None:
    """Give templates the styles, `asset_url` and what `pieces` does for them, and see that what is served compressed is
    current."""
    with contextlib.suppress(OSError):  # a folder that cannot be written to: served as it stands
        compress_static()
    app.jinja_env.globals.update(css=css, own_css=own_css, asset_url=asset_url)
    app.jinja_env.globals.update(table_rows=table_rows, pages_shown=pages_shown, options=options)


def compress_static(folder: Path = STATIC) -> list[Path]:
    """Write `.br` and `.gz` beside every served file that gains by it; return what was written.

    Called when the project is built (`python -m webapp.assets`) and again at each start, where it finds nothing to do
    unless a file is newer than what stands beside it: WhiteNoise would go on serving the old one. They are not
    committed. Each appears as a whole, so that processes that start together do no harm.
    """
    written = []
    for path in served_files(folder):
        status = path.stat()
        if status.st_size < SMALLEST_WORTH_COMPRESSING:
            continue
        for suffix, compress in ((".br", _brotli), (".gz", _gzip)):
            target = path.with_name(path.name + suffix)
            if target.exists() and target.stat().st_mtime_ns >= status.st_mtime_ns:
                continue
            _write(target, compress(path.read_bytes()))
            written.append(target)
    return written


def _brotli(data: bytes) -> bytes:
    return brotli.compress(data, quality=11)


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


if __name__ == "__main__":
    compress_static()
    sizes = [("app.css, in the page", css.encode())]
    sizes += [(path.name, path.read_bytes()) for path in served_files()]
    for name, data in sizes:
        sys.stdout.write(f"{name:28} {len(data):7} bytes {len(_brotli(data)):7} brotli\n")
