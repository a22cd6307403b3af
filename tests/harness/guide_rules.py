"""What keeps a guide's words and its walk together, told without a browser."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.harness.words import catalogue
from webapp.guides.definition import LABEL, LABELLED, LANGUAGES, Guide, Label, Step

ROOT = Path(__file__).resolve().parents[2]
WALKS = ROOT / "tests" / "e2e" / "guides"


def faults(guide: Guide) -> list[str]:
    """What is wrong with a guide, each line with its step."""
    typed = {action.value for step in guide.steps for action in step.do if action.kind == "fill"}
    found = [f"{step.slug}: {fault}" for step in guide.steps for fault in _step_faults(step, typed)]
    for name, words in (("intro", guide.intro), ("end", guide.end)):
        found += [f"{name}: labels belong to steps" for language in words if LABEL.search(words[language])]
    return found


def _step_faults(step: Step, typed: set[str]) -> Iterator[str]:
    named = {language: set(LABEL.findall(step.words[language])) for language in LANGUAGES}
    known = step.labels()
    if named["en"] != named["es"]:
        yield f"the languages name different labels: {sorted(named['en'] ^ named['es'])}"
    for label in sorted(named["en"] | named["es"]):
        if label not in known:
            yield f"the words name [[{label}]], which the step neither uses nor shows"
    for action in step.do:
        if action.kind in LABELLED and action.label and not action.quiet:
            missing = [each for each in LANGUAGES if action.label.english not in named[each]]
            if missing:
                yield f"{action.kind} {action.label.english!r} is not in the words ({', '.join(missing)})"
    for label in step.also:
        if label.english not in named["en"]:
            yield f"'also' has {label.english!r}, which the words do not name"
    for label in known.values():
        yield from _unknown_texts(label, typed)


def _unknown_texts(label: Label, typed: set[str]) -> Iterator[str]:
    """Texts that the portal cannot show: in no catalogue, no value of the demo, nothing that was typed, no address."""
    if not isinstance(label.text, str):
        return
    for text in (label.text, *(value for value in label.values.values() if isinstance(value, str))):
        is_value = "{" in text or text in typed or text.startswith("/")
        if not is_value and catalogue("es").get(text) is None:  # type: ignore[union-attr]
            yield f"the catalogue has no {text!r}"


def walks_of(slug: str, folder: Path = WALKS) -> dict[str, list[str]]:
    """Step -> the tests of the guide's module that walk it."""
    path = folder / f"test_{slug.replace('-', '_')}.py"
    walked: dict[str, list[str]] = {}
    if not path.is_file():
        return walked
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            for step in _walked(node):
                walked.setdefault(step, []).append(node.name)
    return walked


def _walked(test: ast.FunctionDef) -> Iterator[str]:
    """The steps that a test walks by `GUIDE.walk(walk, "step")`."""
    for node in ast.walk(test):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "GUIDE.walk":
            step = node.args[1] if len(node.args) > 1 else None
            yield step.value if isinstance(step, ast.Constant) else ast.unparse(node)
