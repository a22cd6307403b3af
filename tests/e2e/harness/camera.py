"""The pictures of a guide: taken on the way, what is to be pressed marked on them, small enough for a phone.

The mark is drawn onto the picture, so that the page is not touched.
"""

import io
import json
import shutil
from dataclasses import asdict, dataclass

from PIL import Image, ImageDraw
from playwright.sync_api import Locator

from tests.e2e.harness import words
from tests.e2e.harness.walk import Walk
from webapp.guides.definition import Guide, Step
from webapp.guides.pictures import digest, folder_of, record_of

MARK, HALO = "#d0006f", "#ffffff"  # seen on green, blue and white alike; not a colour of the portal
AROUND, STROKE, ROUND = 5, 4, 8  # CSS pixels
ABOVE, BELOW = 16, 28  # of the page's heading and of what is marked, in CSS pixels
SHORTEST = 320
LONGEST = {"phone": 920, "desktop": 900}  # beyond it only the part around the mark is shown, so much of it
PART = {"phone": 440, "desktop": 480}
WIDTH = {"phone": 480, "desktop": 800}  # pixels of the stored picture
COLOURS = 16
BOX = """(element) => { const box = element.getBoundingClientRect();
  let at = element;
  while (at && getComputedStyle(at).position !== "fixed") at = at.parentElement;
  return {fixed: at !== null, x: box.x, y: box.y + (at ? 0 : scrollY), width: box.width, height: box.height,
    kind: element.labels?.length ? "field" : element.tagName === "A" ? "link" : "button",
    words: (element.labels?.length ? element.labels[0] : element).innerText}; }"""
SIZE = """() => ({width: innerWidth, height: innerHeight, scrolled: scrollY,
  whole: document.documentElement.scrollHeight})"""


@dataclass(frozen=True)
class Taken:
    """A picture as the page shows it: pixels, the heading of the page, what is marked and what kind of thing it is."""

    width: int
    height: int
    page: str
    marked: str = ""
    kind: str = ""


class Camera:
    """Takes the pictures of one walk through a guide."""

    def __init__(self, guide: Guide, language: str) -> None:
        self.guide = guide
        self.language = language
        self.folder = folder_of(guide.slug, language)
        self.steps: list[str] = []
        self.taken: dict[str, Taken] = {}
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def begin(self, step: Step) -> None:
        """The pictures from here on belong to this step."""
        self.steps.append(step.slug)

    def take(self, walk: Walk, name: str, mark: Locator | None) -> None:
        """A picture of the page as it stands. name: '' for the step's own."""
        name = f"{self.steps[-1]}-{name}" if name else self.steps[-1]
        walk.page.evaluate("() => document.activeElement.blur()")
        if mark is not None:  # in a panel that scrolls by itself it may be out of sight
            mark.scroll_into_view_if_needed()
        box = mark.evaluate(BOX) if mark is not None else None
        size = walk.page.evaluate(SIZE)
        heading = walk.page.locator("h1").evaluate(BOX)
        fixed = box is not None and box["fixed"]  # stays where it is on the screen: the screen as it is
        top, bottom = (0, size["height"]) if fixed else _crop(box, heading, size, self.guide.device)
        shot = walk.page.screenshot(
            full_page=not fixed,
            clip={"x": 0, "y": top, "width": size["width"], "height": bottom - top},
            caret="initial",
        )
        image = Image.open(io.BytesIO(shot)).convert("RGB")
        if box is not None:
            _draw(image, box, top, image.width / size["width"])
        image = _smaller(image, WIDTH[self.guide.device])
        image.save(self.folder / f"{name}.webp", lossless=True, quality=80, method=4)
        self.taken[name] = Taken(
            image.width,
            image.height,
            walk.heading(),
            " ".join(box["words"].split()).rstrip(" *") if box else "",
            box["kind"] if box else "",
        )

    def finish(self) -> None:
        """Write down what was taken, when every step was walked."""
        if self.steps != [step.slug for step in self.guide.steps]:
            return
        record = {
            "walked": digest(self.guide, self.language, words.translated),
            "pictures": {name: asdict(taken) for name, taken in self.taken.items()},
        }
        path = record_of(self.guide.slug, self.language)
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{json.dumps(record, ensure_ascii=False, indent=1)}\n", encoding="utf-8")


def _crop(
    box: dict[str, float] | None, heading: dict[str, float], size: dict[str, float], device: str
) -> tuple[float, float]:
    """From the page's heading to what is marked; around the mark alone where that is too long."""
    start = max(0, heading["y"] - ABOVE)
    if box is None:  # what a reader who went there has before them
        start = max(start, size["scrolled"])
        return start, min(size["whole"], start + size["height"] * 0.8)
    end = box["y"] + box["height"] + BELOW
    if box["y"] < heading["y"]:  # in the page's head
        return 0, min(size["whole"], max(size["height"] * 0.75, end))
    if end - start > LONGEST[device]:
        start = end - PART[device]
    return start, min(size["whole"], max(end, start + SHORTEST))


def _draw(image: Image.Image, box: dict[str, float], top: float, scale: float) -> None:
    left, above = box["x"] - AROUND, box["y"] - top - AROUND
    right, below = box["x"] + box["width"] + AROUND, box["y"] - top + box["height"] + AROUND
    corners = [
        max(2.0, left) * scale,
        max(2.0, above) * scale,
        min(image.width - 2, right * scale),
        min(image.height - 2, below * scale),
    ]
    draw = ImageDraw.Draw(image)
    grown = [corners[0] - 3, corners[1] - 3, corners[2] + 3, corners[3] + 3]
    draw.rounded_rectangle(grown, ROUND * scale, outline=HALO, width=round(STROKE * scale) + 6)
    draw.rounded_rectangle(corners, ROUND * scale, outline=MARK, width=round(STROKE * scale))


def _smaller(image: Image.Image, width: int) -> Image.Image:
    """At most so wide, in few colours: flat areas then cost next to nothing, here and in the PDF."""
    if image.width > width:
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    return image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).convert("RGB")
