"""The PDFs of the guides, printed by the browser from the pages as they are served: `make guides`, second half.

`python -m tests.e2e.harness.guide_books [guide …]`
"""

import json
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.e2e.harness import browser as browsers
from tests.e2e.harness import server, words
from tests.harness.options import Combination
from webapp.config import read_plan
from webapp.guides import definition
from webapp.guides.definition import LANGUAGES, Guide
from webapp.guides.pictures import digest, pdf_of, plan_values, record_of

LARGEST = 1_000_000  # bytes
#: Pictures that are not in sight would not be loaded.
LOAD_ALL = """() => Promise.all([...document.images].map((image) => {
  image.loading = "eager"; return image.decode(); })).then(() => document.images.length)"""
#: The portal that printed is not the one that the reader will use.
UNLINK = """() => document.querySelectorAll("a[href^='/']").forEach((link) => link.removeAttribute("href"))"""
MARGIN = "16mm"
NUMBER = (
    '<div style="font-size: 8pt; width: 100%; padding: 0 16mm; text-align: right; color: #444">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></div>'
)


def print_guide(browser: Browser, url: str, guide: Guide, language: str) -> Path:
    """Write the PDF of a guide in a language, and note what it was made from."""
    context = browsers.new_context(browser, Combination("htmx", language, "desktop"), url)
    page = context.new_page()
    page.goto(f"/guides/{guide.slug}?lang={language}")
    page.evaluate(LOAD_ALL)
    page.evaluate(UNLINK)
    page.emulate_media(media="print", color_scheme="light")
    target = pdf_of(guide.slug, language)
    target.parent.mkdir(parents=True, exist_ok=True)
    page.pdf(
        path=target,
        format="Letter",
        margin={"top": MARGIN, "bottom": "18mm", "left": MARGIN, "right": MARGIN},
        tagged=True,
        outline=True,
        print_background=True,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=NUMBER,
    )
    context.close()
    size = target.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{target.name} ({language}) has {size} bytes, {LARGEST} allowed")
    _note(guide, language)
    return target


def _note(guide: Guide, language: str) -> None:
    path = record_of(guide.slug, language)
    record = json.loads(path.read_text(encoding="utf-8"))
    record["printed"] = digest(guide, language, words.translated)
    record["values"] = plan_values(guide, language, read_plan())
    path.write_text(f"{json.dumps(record, ensure_ascii=False, indent=1)}\n", encoding="utf-8")


def main(slugs: list[str]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        server.running(Path(folder)) as portal,
        browsers.chromium() as browser,
    ):
        for slug in slugs or definition.slugs():
            for language in LANGUAGES:
                target = print_guide(browser, portal.url, definition.read(slug), language)
                sys.stdout.write(f"{target} {target.stat().st_size / 1024:.0f} KB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
