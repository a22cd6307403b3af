"""The directory's own vocabulary: which words of a record are looked for, and how one wrong letter is forgiven.

Names are folded (text.fold_words: no accents, no letter case), so that "nunez" finds "Núñez". One wrong letter means
one letter typed wrongly, left out or too many, or two neighbours that changed places. Two words that differ by that
much share a *cut*: a spelling that is left when one letter, or none, is taken out of each. The cuts of all words are
stored, and a misspelled word is found by its own few cuts instead of being compared with every name.
"""

from collections.abc import Iterable

from webapp.domain.text import fold, fold_words

#: In shorter words one letter more or less makes another name ("Lee", "Leo").
SHORTEST_FORGIVEN = 4
#: Longer words are kept and looked for up to here.
LONGEST_WORD = 32
#: Words of a search that are looked at.
MOST_WORDS = 6

# What people write around a name; dropped unless nothing else was typed.
_AROUND = frozenset("DR DRA DOCTOR DOCTORA MD DO THE OF AND DE DEL LA EL LAS LOS Y MR MRS MS".split())


def name_words(*names: str) -> set[str]:
    """The words under which a person's names are found: each word, each name in one ("De la Cruz" also as
    "DELACRUZ"), and the parts around an apostrophe ("O'Brien" also as "BRIEN")."""
    found: set[str] = set()
    for name in names:
        found.update(fold_words(name))
        found.add(fold(name))
        found.update(fold_words(name.replace("'", " ").replace("\u2019", " ")))
    return _kept(found)


def text_words(*texts: str) -> set[str]:
    """The words of practice names and of specialties."""
    return _kept(word for text in texts for word in fold_words(text))


def typed_words(text: str) -> tuple[str, ...]:
    """The words to look for in what was typed, without titles and single letters."""
    words = [word[:LONGEST_WORD] for word in fold_words(text)[: MOST_WORDS * 3] if len(word) > 1]
    meant = [word for word in words if word not in _AROUND]
    return tuple(dict.fromkeys(meant or words))[:MOST_WORDS]


def cuts(word: str) -> set[str]:
    """The word itself and each spelling with one letter taken out; none for words too short to be forgiven.

    >>> sorted(cuts("LUNA"))
    ['LNA', 'LUA', 'LUN', 'LUNA', 'UNA']
    """
    if len(word) < SHORTEST_FORGIVEN:
        return set()
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


def is_one_letter_off(one: str, other: str) -> bool:
    """Whether the words differ by one wrong letter; equal words do not."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (n for n, pair in enumerate(zip(one, other)) if pair[0] != pair[1]), min(len(one), len(other))
    )
    here, there = one[start:], other[start:]
    if len(here) == len(there):
        swapped = here[:2] == there[1::-1] and here[2:] == there[2:]
        return swapped or here[1:] == there[1:]
    return here[1:] == there if len(here) > len(there) else here == there[1:]


def _kept(words: Iterable[str]) -> set[str]:
    return {word[:LONGEST_WORD] for word in words if word}
