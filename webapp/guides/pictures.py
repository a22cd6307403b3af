"""What `make guides` made of a guide: its pictures and its PDF, and whether they still fit its words and steps."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from webapp import prose
from webapp.config import Plan
from webapp.guides.definition import DIRECTORY, Action, Guide, Label, Sight

PICTURES, PDF, BUILT = (DIRECTORY / name for name in ("pictures", "pdf", "built"))


@dataclass(frozen=True)
class Picture:
    """A picture of a step: its file below PICTURES, its size, the page it shows and what is marked on it."""

    name: str
    file: str
    width: int
    height: int
    page: str
    marked: str
    kind: str


def folder_of(slug: str, language: str) -> Path:
    """Where the pictures of a guide are."""
    return PICTURES / slug / language


def pdf_of(slug: str, language: str) -> Path:
    """Where the PDF of a guide is."""
    return PDF / language / f"{slug}.pdf"


def record_of(slug: str, language: str) -> Path:
    """Where it is written what was made of a guide."""
    return BUILT / f"{slug}.{language}.json"


@cache
def record(slug: str, language: str) -> dict[str, Any]:
    """What was made of a guide: `walked`, the digest of what its pictures show, `pictures`, and of its PDF `printed`,
    the digest of what it says, and `values`, those of the plan in it. Empty where nothing was made."""
    path = record_of(slug, language)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


@cache
def pictures(slug: str, language: str) -> dict[str, Picture]:
    """The pictures of a guide by name, in the order of the steps; none where none were made."""
    listed: dict[str, dict[str, Any]] = record(slug, language).get("pictures", {})
    return {
        name: Picture(name, f"{slug}/{language}/{name}.webp", **about)
        for name, about in listed.items()
        if (folder_of(slug, language) / f"{name}.webp").is_file()
    }


def of_step(slug: str, language: str, step: str, steps: tuple[str, ...]) -> list[Picture]:
    """The pictures of one step: extra ones first, as they come before the last press. steps: those of the guide."""
    own = []
    for picture in pictures(slug, language).values():
        owner = max(
            (name for name in steps if f"{picture.name}-".startswith(f"{name}-")), key=len, default=""
        )
        if owner == step:
            own.append(picture)
    return own


def digest(guide: Guide, language: str, translate: Callable[..., str]) -> str:
    """Changes with the words of a guide, its actions, what must be seen, or a label's translation."""
    said = [guide.title[language], guide.intro[language], guide.end.get(language, ""), guide.device]
    for step in guide.steps:
        said += [step.slug, step.heading[language], step.words[language]]
        said += [label.said(language, translate) for label in step.also]
        done: list[Action | Sight] = [*step.do, *step.see]
        said += [_told(each, language, translate) for each in done]
    return _hash(said)


def plan_values(guide: Guide, language: str, plan: Plan) -> str:
    """Changes with the names and values of the plan that a guide says: a PDF of another state's is not offered."""
    texts = (guide.intro, guide.end, *(step.words for step in guide.steps))
    named = [own for ours, own in plan.names.items() if own != ours]
    return _hash([*named, *(value for text in texts for value in prose.values(text.get(language, ""), plan))])


def pdf(slug: str, language: str, values: str) -> Path | None:
    """The PDF of a guide; None where there is none, or one that says another plan's numbers. values: plan_values."""
    path = pdf_of(slug, language)
    return path if record(slug, language).get("values") == values and path.is_file() else None


@cache
def version(path: Path) -> str:
    """Changes with what is in a file, the same on every web node."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _told(done: Action | Sight, language: str, translate: Callable[..., str]) -> str:
    label: Label | None = done.label
    said = label.said(language, translate) if label else ""
    if isinstance(done, Sight):
        return f"{done.kind} {said}"
    return f"{done.kind} {done.target if not label else ''} {said} {done.value} {done.within}"


def _hash(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
