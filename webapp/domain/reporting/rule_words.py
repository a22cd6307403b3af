"""A report's rules in plain words, made from the definition that computes them, so that the two cannot disagree.

The page that says why something is Due and the Report Help Guides print the same sentences. `words` translates a
text of ours, as gettext does; the sentences come without HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from reports.definition import Alongside, Never, Report, Schedule, Test, Who
from reports.words import N_

#: Translates a text of ours; `str` leaves it in English.
Words = Callable[[str], str]

#: What the concepts that a definition names are called in a sentence.
CONCEPTS = {
    "diabetes_dx": N_("a diabetes diagnosis"),
    "diabetes_rx": N_("a prescription for diabetes"),
    "mastectomy_bilateral": N_("both breasts removed"),
    "mastectomy_left": N_("the left breast removed"),
    "mastectomy_right": N_("the right breast removed"),
    "mastectomy_unilateral_cpt": N_("a mastectomy"),
    "hysterectomy_no_cervix": N_("a hysterectomy"),
    "absence_of_cervix": N_("absence of the cervix"),
    "colorectal_cancer": N_("colorectal cancer"),
    "total_colectomy": N_("the colon removed"),
    "hpv_test": N_("an HPV test"),
}


def rule_of(test: Test, words: Words = str) -> list[str]:
    """When `test` is Due, one sentence an entry: the interval first, then whom it is asked of and what changes it."""
    told = [_interval(test, words)]
    if test.schedule:
        told.append(_schedule(test.schedule, words))
    if test.alongside:
        told.append(_alongside(test.alongside, words))
    if asked_of := who(test.who, words):
        told.append(words(N_("It is asked of %(who)s.")) % {"who": asked_of})
    if test.dated_for and (dated_for := who(test.dated_for, words)):
        told.append(
            words(N_("The last date is shown for %(who)s, also where nothing is Due.")) % {"who": dated_for}
        )
    if test.never:
        told.append(_never(test.never, words))
    return told


def in_short(test: Test, kind: str | None, words: Words = str) -> str:
    """When `test` is Due, in one sentence: where there are ways, by the kind of the last one."""
    way = next((way for way in test.ways if way.name == kind), None)
    return _interval(replace(test, months=way.months, ways=()) if way else test, words)


def behind(visits: int, words: Words = str) -> str:
    """Why a visit is Due though the last one is recent: how many the schedule asks for."""
    return words(N_("At this age the schedule asks for %(visits)s visits, and claims report fewer.")) % {
        "visits": visits
    }


def population(report: Report, words: Words = str) -> list[str]:
    """Whom a report lists, one sentence an entry."""
    group = report.population
    listed = _either([who(one, words) for one in group.who], words)
    told = [words(N_("The report lists %(who)s.")) % {"who": listed or words(N_("every attributed member"))}]
    if group.any_of:
        evidence = _either([_concept(key, words) for key in group.any_of], words)
        within = months(group.within_months, words) if group.within_months else ""
        told.append(
            words(N_("Claims of the last %(time)s report %(evidence)s."))
            % {"time": within, "evidence": evidence}
            if within
            else words(N_("Claims report %(evidence)s.")) % {"evidence": evidence}
        )
    if group.leaves_out_dual or group.leaves_out_opted_out:
        told.append(
            words(N_("Members with Medicare too (dual eligible) and members who opted out are left out."))
        )
    return told


def who(group: Who, words: Words = str) -> str:
    """People by age and gender, as "women ages 52 to 74"; empty for anyone at all."""
    people = words({"F": N_("women"), "M": N_("men"), None: N_("members")}[group.gender])
    first, last = group.age_from or 0, group.age_to
    if last is None and not first:
        return people if group.gender else ""
    if last is None:
        return words(N_("%(people)s ages %(first)s and older")) % {"people": people, "first": first}
    if not first:
        return words(N_("%(people)s up to age %(last)s")) % {"people": people, "last": last}
    return words(N_("%(people)s ages %(first)s to %(last)s")) % {
        "people": people,
        "first": first,
        "last": last,
    }


def months(number: int, words: Words = str) -> str:
    """A span of time: "6 months", "12 months", "3 years"."""
    if number >= 24 and number % 12 == 0:
        return words(N_("%(number)s years")) % {"number": number // 12}
    return (words(N_("1 month")) if number == 1 else words(N_("%(number)s months"))) % {"number": number}


def _interval(test: Test, words: Words) -> str:
    if test.once:
        return words(N_("It is Due until a claim has reported it once. After that it says YES."))
    if not test.ways:
        return words(
            N_("It is Due when the last one was more than %(time)s ago, or when no claim reports one.")
        ) % {"time": months(test.months, words)}
    kinds = "; ".join(f"{words(way.name)}: {months(way.months, words)}" for way in test.ways)
    return words(
        N_(
            "It is Due when the last one is older than its kind lasts, or when no claim reports one. "
            "How long each kind lasts: %(kinds)s."
        )
    ) % {"kinds": kinds}


def _schedule(schedule: Schedule, words: Words) -> str:
    ages = ", ".join(str(age) for age in schedule.months)
    return words(
        N_(
            "Under %(until)s of age it is also Due when claims report fewer visits than the schedule asks: one by "
            "%(days)s days of age, then by %(ages)s months, each with %(grace)s of grace."
        )
    ) % {
        "until": months(schedule.until_months, words),
        "days": schedule.first_days,
        "ages": ages,
        "grace": months(schedule.grace_months, words),
    }


def _alongside(beside: Alongside, words: Words) -> str:
    return words(N_("It is not Due while both the last one and %(other)s were within the last %(time)s.")) % {
        "other": _either([_concept(key, words) for key in beside.concepts], words),
        "time": months(beside.months, words),
    }


def _never(never: Never, words: Words) -> str:
    reasons = [_concept(key, words) for key in never.any_of]
    if never.both:
        reasons.append(
            words(N_("%(one)s and, on another day, %(other)s"))
            % {"one": _concept(never.both[0], words), "other": _concept(never.both[1], words)}
        )
    return words(N_("It is never Due once a claim has reported %(reasons)s.")) % {
        "reasons": _either(dict.fromkeys(reasons), words)
    }


def _concept(key: str, words: Words) -> str:
    """A concept in words; one that a plan added itself is called by its key."""
    return words(CONCEPTS[key]) if key in CONCEPTS else key.replace("_", " ")


def _either(parts: Iterable[str], words: Words) -> str:
    """ "a", "a or b", "a, b or c"."""
    listed = [part for part in parts if part]
    if len(listed) < 2:
        return "".join(listed)
    return words(N_("%(first)s or %(last)s")) % {"first": ", ".join(listed[:-1]), "last": listed[-1]}
