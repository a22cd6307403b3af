"""A guide as it is read: its words in one language, with the plan's values and the labels of the portal put in."""

from collections.abc import Callable
from dataclasses import dataclass

from markdown_it.token import Token
from markupsafe import Markup

from webapp import prose, words
from webapp.config import Plan
from webapp.domain.site_search import Section
from webapp.guides.definition import LANGUAGES, Guide, GuideBroken, Label, Step
from webapp.guides.pictures import plan_values


@dataclass(frozen=True)
class StepPart:
    """A step on the page. `anchor` is the id of its heading, which stands in `head`."""

    slug: str
    anchor: str
    heading: str
    head: Markup
    body: Markup


@dataclass(frozen=True)
class GuidePage:
    """A guide in one language, and its parts as the search knows them."""

    slug: str
    title: str
    intro: Markup
    steps: tuple[StepPart, ...]
    end: Markup
    sections: tuple[Section, ...]
    values: str  # changes with the plan's names and numbers in it

    @property
    def body(self) -> Markup:
        """All of it below the title, without the pictures."""
        steps = (part for step in self.steps for part in (step.head, step.body))
        return Markup("").join((self.intro, *steps, self.end))


def translate(text: str, language: str, **values: object) -> str:
    """A text of the portal in a language, as its pages say it."""
    return words.translate(language, text, **values)


def make(guide: Guide, language: str, plan: Plan) -> GuidePage:
    """The page of a guide. Raises GuideBroken for a label that its step does not have, ContentBroken for a value that
    the plan lacks."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    parts = _parse(guide, known, plan)
    english = [said for part in _parse(guide, "en", plan) for _, said in prose.headings(part)]
    every = [token for part in parts for token in part]
    prose.name_headings(every, english)
    steps = tuple(_step(step, tokens) for step, tokens in zip(guide.steps, parts[1:-1], strict=True))
    title = words.renaming(plan.names)(guide.title[known])
    return GuidePage(
        slug=guide.slug,
        title=title,
        intro=prose.render(parts[0]),
        steps=steps,
        end=prose.render(parts[-1]),
        sections=tuple(prose.sections(f"guide-{guide.slug}", title, every)),
        values=plan_values(guide, known, plan),
    )


def _parse(guide: Guide, language: str, plan: Plan) -> list[list[Token]]:
    """The introduction, each step with its heading, and the end (perhaps nothing)."""

    def parse(text: str, where: str, label: Callable[[str], str]) -> list[Token]:
        return prose.parse(prose.fill(text, plan, language, where), label)

    file = f"{guide.slug}.toml"
    steps = [
        parse(
            f"## {step.heading[language]}\n\n{step.words[language]}",
            file,
            _labels(file, step, language, plan),
        )
        for step in guide.steps
    ]
    none = _labels(file, None, language, plan)
    return [
        parse(guide.intro[language], file, none),
        *steps,
        parse(guide.end.get(language, ""), file, none),
    ]


def _labels(file: str, step: Step | None, language: str, plan: Plan) -> Callable[[str], str]:
    # The words come with the plan's names put in, and so do the labels that they name.
    put_in = words.renaming(plan.names)
    known: dict[str, Label] = {put_in(name): label for name, label in step.labels().items()} if step else {}

    def said(english: str) -> str:
        if english not in known:
            place = f"step {step.slug}" if step else "the introduction or the end"
            raise GuideBroken(
                f"{file}, {place}: [[{english}]] is neither used nor seen there; it has {sorted(known)}"
            )
        return known[english].said(language, translate)

    return said


def _step(step: Step, tokens: list[Token]) -> StepPart:
    (heading, said), *_ = prose.headings(tokens)
    head = 1 + next(place for place, token in enumerate(tokens) if token.type == "heading_close")
    return StepPart(
        slug=step.slug,
        anchor=str(heading.attrGet("id")),
        heading=said,
        head=prose.render(tokens[:head]),
        body=prose.render(tokens[head:]),
    )
