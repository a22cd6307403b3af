"""Static files: read once at start, printed into the page or served under a name that carries their hash.

The style sheet stands inside every page, because one blocking request less is worth more on a slow
telephone than a cached file; the Content-Security-Policy allows it by its hash (`css_hash`).
Everything else is served by WhiteNoise below `/static/` under `<stem>.<hash8><suffix>` and may be kept for ever.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import brotli
from markupsafe import Markup
from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from flask import Flask

STATIC = Path(__file__).parent / "static"
PREFIX = "/static/"
SERVED = {".js", ".svg", ".txt", ".png", ".pdf"}
SMALLEST_WORTH_COMPRESSING = 256  # bytes; below it the headers weigh more than what is saved

# htmx is checked against the hash its release was measured with: another file under this name never runs.
HTMX = "htmx-4.0.1.min.js"
HTMX_SHA256 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


def minify_css(source: str) -> str:
    """Return `source` without comments and without the white space that means nothing; strings stay as they are.

    White space around `+`, `-`, `*` and `/` is left alone (calc() needs it), and so is the one before `:`
    and `(`, where it is the descendant combinator or part of a media query.
    """
    out = []
    for i, part in enumerate(_STRING.split(_COMMENT.sub("", source))):
        if i % 2 == 0:
            part = re.sub(r"\s+", " ", part)
            part = re.sub(r" ?([{};,>]) ?", r"\1", part)
            part = re.sub(r": ", ":", part)
            part = part.replace(";}", "}")
        out.append(part)
    return "".join(out).strip()


class AssetsBroken(Exception):
    """A vendored file is not the one that was reviewed."""


class Assets:
    """The static files of one folder, read once.

    `css` is the minified style sheet, `css_hash` its `'sha256-…'` source expression with the quotes,
    `urls` maps a file's name to its address. Raises `AssetsBroken` when htmx is not the pinned release.
    """

    def __init__(self, folder: Path = STATIC) -> None:
        self.folder = folder
        css = minify_css((folder / "app.css").read_text(encoding="utf-8"))
        if "</" in css:
            raise AssetsBroken("app.css holds '</', which would end the style element")
        self.css = Markup(css)  # our own file, checked above; nothing of a user reaches it
        self.css_hash = f"'sha256-{base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()}'"
        self.files: dict[str, Path] = {}
        self.urls: dict[str, str] = {}
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.suffix not in SERVED:
                continue
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            if path.name == HTMX and digest != HTMX_SHA256:
                raise AssetsBroken(f"{HTMX} is not the reviewed release: sha256 {digest}")
            name = path.relative_to(folder).as_posix()
            url = f"{PREFIX}{name.removesuffix(path.suffix)}.{digest[:8]}{path.suffix}"
            self.files[url] = path
            self.urls[name] = url

    def url(self, name: str) -> str:
        """The address of the static file `name`, e.g. `app.js`. Raises KeyError for a file that is not there."""
        return self.urls[name]

    def serve(self, wsgi_app: Callable[..., Any]) -> WhiteNoise:
        """Wrap `wsgi_app` so that WhiteNoise answers the hashed addresses, compressed where a `.br` or `.gz` stands."""
        hashed = set(self.files)
        white = WhiteNoise(
            wsgi_app,
            charset="utf-8",
            immutable_file_test=lambda _path, url: url in hashed,
            allow_all_origins=False,
        )
        for url, path in self.files.items():
            white.add_file_to_dictionary(url, str(path))
        return white


def init_app(app: Flask) -> Assets:
    """Give templates `assets` and `asset_url`, and let WhiteNoise stand before the application. Returns the assets."""
    assets = Assets()
    app.jinja_env.globals.update(assets=assets, asset_url=assets.url)
    app.wsgi_app = assets.serve(app.wsgi_app)  # type: ignore[method-assign]
    return assets


def compress_static(folder: Path = STATIC) -> list[Path]:
    """Write `.br` and `.gz` beside every static file that gains by it; return what was written.

    Called when the project is built (`python -m webapp.assets`). The siblings are not committed, and without
    them the files are served as they are. Each is replaced at once, so that two runs do no harm.
    """
    written = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix not in SERVED or path.stat().st_size < SMALLEST_WORTH_COMPRESSING:
            continue
        data = path.read_bytes()
        for suffix, packed in ((".br", brotli.compress(data, quality=11)), (".gz", gzip.compress(data, 9, mtime=0))):
            if len(packed) >= len(data):
                continue
            target = path.with_name(path.name + suffix)
            draft = target.with_name(f"{target.name}.{os.getpid()}")
            draft.write_bytes(packed)
            draft.replace(target)
            written.append(target)
    return written


def sizes(assets: Assets) -> Iterable[tuple[str, int, int]]:
    """For each file and the style sheet: name, bytes, bytes after brotli."""
    css = str(assets.css).encode()
    yield "app.css (minified, in the page)", len(css), len(brotli.compress(css, quality=11))
    for name in assets.urls:
        data = (assets.folder / name).read_bytes()
        yield name, len(data), len(brotli.compress(data, quality=11))


if __name__ == "__main__":
    compress_static()
    for row in sizes(Assets()):
        print(f"{row[0]:34} {row[1]:7} {row[2]:7}")
