"""The catalogues against the source: every text people see is translated, and nothing else is in them.

Fails on a text that is missing, fuzzy, unused, or the same as in English (unless tools/same_in_spanish.txt has it,
whose lines must all be needed), and where placeholders, markup or the space around a text differ.
`--missing` prints the missing texts as catalogue entries, for translating.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "webapp" / "translations"
SAME = ROOT / "tools" / "same_in_spanish.txt"
# N_ marks a text where it is defined and translated elsewhere (columns of a report, steps of a wizard).
KEYWORDS = {
    "_": None,
    "gettext": None,
    "_l": None,
    "lazy_gettext": None,
    "N_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_ngettext": (1, 2),
}

PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]?[\d.]*[a-z]|%[sd]|\{\w*\}")
MARKUP = re.compile(r"</?[a-z][^>]*>|&\w+;", re.IGNORECASE)
LETTERS = re.compile(r"[^\W\d_]{2,}")


def extract(root: Path = ROOT) -> Catalog:
    """What the source holds, by Babel's own extraction and babel.cfg."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as lines:
        methods, options = parse_mapping_cfg(lines)
    found = Catalog()
    for folder in ("reports", "webapp"):
        # Paths in babel.cfg begin at the root, so the walk does too; only the packages are looked into.
        keep = lambda path, inside=root / folder: Path(path) == root or _within(Path(path), inside)  # noqa: E731
        for name, line, message, comments, context in extract_from_dir(
            root, methods, options, keywords=KEYWORDS, comment_tags=("Translators:",), directory_filter=keep
        ):
            found.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    return found


def faults(source: Catalog, catalogue: Catalog, same_allowed: Iterable[str] = ()) -> Iterator[str]:
    """What is wrong with `catalogue`, a sentence each."""
    allowed = Counter(same_allowed)
    needed: set[str] = set()
    for message in source:
        if not message.id:
            continue
        translated = catalogue.get(message.id, message.context)
        where = ":".join(map(str, message.locations[0])) if message.locations else "source"
        if translated is None or not all(_strings(translated)):
            yield f"missing: {_shown(message)} ({where})"
        elif translated.fuzzy:
            yield f"fuzzy: {_shown(message)} ({where})"
        else:
            if any(_says_the_same(*pair) for pair in _pairs(message, translated)):
                needed.add(_first(message))
                if not allowed[_first(message)]:
                    yield f"same as in English: {_shown(message)} ({where})"
            yield from _differences(message, translated)
    for message in catalogue:
        if message.id and source.get(message.id, message.context) is None:
            yield f"unused: {_shown(message)}"
    for message in catalogue.obsolete.values():
        yield f"unused (marked obsolete): {_shown(message)}"
    for text in allowed:
        if text not in needed:
            yield f"stale line in {SAME.name}: {text!r}"


def _differences(message: Message, translated: Message) -> Iterator[str]:
    for english, other in _pairs(message, translated):
        for what, pattern in (("placeholders", PLACEHOLDER), ("markup", MARKUP)):
            ours, theirs = Counter(pattern.findall(english)), Counter(pattern.findall(other))
            # A plural may leave the number out: "one household", "un hogar".
            if ours != theirs and not (
                what == "placeholders" and message.pluralizable and set(theirs) <= set(ours)
            ):
                yield f"{what} differ: {_shown(message)}: {sorted(ours)} and {sorted(theirs)}"
        if (english[:1].isspace(), english[-1:].isspace()) != (other[:1].isspace(), other[-1:].isspace()):
            yield f"space around differs: {_shown(message)}"


def _within(path: Path, folder: Path) -> bool:
    return path.is_relative_to(folder) and path.name not in {"__pycache__", "static", "translations"}


def _ids(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, tuple | list) else (message.id,)


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)


def _pairs(message: Message, translated: Message) -> Iterator[tuple[str, str]]:
    """Each translated form beside the English it stands for (plural forms beyond the first beside the plural)."""
    ids = _ids(message)
    for number, string in enumerate(_strings(translated)):
        yield ids[min(number, len(ids) - 1)], string


def _says_the_same(english: str, other: str) -> bool:
    return english == other and bool(LETTERS.search(MARKUP.sub("", PLACEHOLDER.sub("", english))))


def _first(message: Message) -> str:
    return _ids(message)[0]


def _shown(message: Message) -> str:
    text = _first(message)
    return repr(text if len(text) <= 70 else text[:69] + "…")


def read_same(path: Path = SAME) -> list[str]:
    """The texts that are meant to be alike in both languages: a line each, # for remarks."""
    if not path.exists():
        return []
    return [
        line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]


def main(arguments: list[str]) -> int:
    """Check every catalogue; 1 when anything is wrong."""
    source = extract()
    catalogues = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
    if not catalogues:
        if "--missing" in arguments:
            _print_missing(source, Catalog("es"))
            return 1
        print(
            f"no catalogue: webapp/translations/es/LC_MESSAGES/messages.po ({len(source)} texts to translate)"
        )
        return 1
    found = []
    for path in catalogues:
        with path.open("rb") as lines:
            catalogue = read_po(lines, locale=path.parent.parent.name)
        if "--missing" in arguments:
            _print_missing(source, catalogue)
        found += [f"{path.relative_to(ROOT)}: {fault}" for fault in faults(source, catalogue, read_same())]
    if "--missing" not in arguments:
        print("\n".join(found))
    return 1 if found else 0


def _print_missing(source: Catalog, catalogue: Catalog) -> None:
    missing = Catalog()
    for message in source:
        translated = catalogue.get(message.id, message.context) if message.id else message
        if translated is None or not all(_strings(translated)):
            missing.add(message.id, locations=message.locations, context=message.context)
    write_po(sys.stdout.buffer, missing, omit_header=True, sort_by_file=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
