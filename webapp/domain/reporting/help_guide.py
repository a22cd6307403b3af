"""Report Help Guides: what a report lists, by which rules, and which codes count.

Everything that is a rule comes from the definition that computes the report, from the parameters of the refresh and
from the code lists that it reads, so that a guide cannot say otherwise than the report does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache

from reports import codes, summary
from reports.codes import Code
from reports.definition import Column, Report, Test
from reports.event_rules import EventRules
from reports.parameters import Parameters
from reports.words import N_
from webapp.domain.reporting import gap_answers, rule_words
from webapp.domain.reporting.help_words import CONCEPTS, MEANINGS, OF_KIND, SYSTEMS
from webapp.domain.reporting.rule_words import Words

#: The rules of stays and emergency visits.
RULES = EventRules()

#: What the reports of stays and visits list, by what their rows are. The numbers come from RULES.
LISTED = {
    "admissions": (
        N_("Members who are in a hospital now, and members who were discharged in the last %(discharged_days)s days."),
        N_(
            "Hospitals tell the plan of admissions and discharges before there is a claim. Where the plan hears of "
            "none, hospital claims stand in for them."
        ),
    ),
    "ed_visits": (
        N_(
            "Members with one or more visits to an emergency department in the last %(ed_months)s months, one line a "
            "visit, where a claim for the visit was paid in the month before the report's."
        ),
        N_(
            "All claims of a member for one day are one visit. Where claims do not say when they were paid, visits of "
            "the month before are listed."
        ),
    ),
    "stays": (
        N_(
            "Hospital stays that were billed: with a claim that began in the last %(stay_months)s months, and a claim "
            "that was paid in the last %(stay_paid_months)s months."
        ),
        N_("Bills for parts of one stay are one line."),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class CodeList:
    """What counts as one thing: its name, and by code system the codes as people write them."""

    name: str
    systems: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Guide:
    """One guide in the reader's language, ready to be printed. `rules` are the tests with their sentences, `columns`
    the headings with their meanings; `has_cpt` asks for the notice of its owner."""

    report: Report
    listed: tuple[str, ...]
    rules: tuple[tuple[str, tuple[str, ...]], ...]
    columns: tuple[tuple[str, str], ...]
    dates: tuple[tuple[str, str], ...]
    excluded: tuple[str, ...]
    withheld: tuple[str, ...]
    attribution: tuple[str, ...]
    answers: tuple[str, ...]
    codes: tuple[CodeList, ...]
    has_cpt: bool


def guide(report: Report, words: Words = str, parameters: Parameters | None = None) -> Guide:
    """The guide of a report. parameters: those of the plan's refresh; the defaults if left out."""
    used = parameters or Parameters()
    codes = tuple(_code_lists(report, words, used))
    return Guide(
        report=report,
        listed=tuple(_listed(report, words)),
        rules=tuple((words(test.label), tuple(rule_words.rule_of(test, words))) for test in report.tests),
        columns=tuple((words(column.label), _meaning(report, column, words)) for column in report.columns),
        dates=tuple(_dates(report, words)),
        excluded=tuple(_excluded(report, words)),
        withheld=tuple(_withheld(report, words)),
        attribution=tuple(attribution(used, words)),
        answers=tuple(words(label) for label in gap_answers.ANSWERS.values()) if report.tests else (),
        codes=codes,
        has_cpt=any(system.startswith("CPT") for listed in codes for system, _codes in listed.systems),
    )


def attribution(parameters: Parameters, words: Words = str) -> list[str]:
    """How a member comes to be on a practice's reports, one sentence an entry (guide 003, "Member Attribution")."""
    return [
        words(N_("Each member has at most one primary care provider (PCP). The member's own selection counts first.")),
        words(
            N_(
                "Without one, it is the PCP with whom the member had most visits in the last %(months)s months: "
                "preventive visits, evaluation and management visits, and visits to clinics. Of equals, it is the one "
                "visited last."
            )
        )
        % {"months": parameters.attribution_months},
        words(N_("A practice sees the members of the PCPs under its Tax ID Number. Attribution is refreshed monthly.")),
    ]  # fmt: skip


def _listed(report: Report, words: Words) -> list[str]:
    """Whom the report lists: by its population where that decides, by the rules of stays and visits where those do, and
    else in the report's own words."""
    if report.tests:
        return rule_words.population(report, words)
    if report.rows in LISTED:
        return [words(text) % asdict(RULES) for text in LISTED[report.rows]]
    return [words(text) for text in report.help]


def _meaning(report: Report, column: Column, words: Words) -> str:
    tests = {key: test for test in report.tests for key in (test.date_key, test.due_key)}
    if column.key in tests:
        return words(_of_test(tests[column.key], column)) % {"test": words(tests[column.key].label)}
    text = words(MEANINGS.get(column.key) or OF_KIND.get(column.kind) or OF_KIND["text"])
    return text % {"fewest": summary.FEWEST, "months": RULES.ed_months} if "%(" in text else text


def _of_test(test: Test, column: Column) -> str:
    if test.once:
        return N_(
            "%(test)s: YES when a claim reports it, Due while none does, blank for members it is not asked of."
        )
    if column.key == test.due_key:
        return N_("%(test)s: the word Due, or nothing. Select the word to see why, and to answer.")
    return N_("%(test)s: the last date on which a claim reports it. Blank when no claim does.")


def _dates(report: Report, words: Words) -> Iterable[tuple[str, str]]:
    yield (
        words(N_("As of")),
        words(N_("The day the report speaks of. Ages and what is Due are counted on it.")),
    )
    yield (
        words(N_("Claims complete through")),
        words(
            N_(
                "The day up to which the plan holds claims. A service after it may have been given and not be in the "
                "report yet."
            )
        ),
    )
    often = N_("Daily.") if report.rows == "admissions" else N_("Monthly.")
    yield words(N_("Refreshed")), words(often)


def _excluded(report: Report, words: Words) -> Iterable[str]:
    if not report.excluded:
        yield words(N_("Nobody: the report lists dual eligible members and members who opted out too."))
        return
    yield f"{words(report.excluded)}."
    yield words(
        N_(
            "Dual eligible members have Medicare beside this plan, so that the plan does not see all their care. "
            "Members who opt out do not share their medical information; they leave the report at once."
        )
    )


def _withheld(report: Report, words: Words) -> Iterable[str]:
    if any(column.sensitive for column in report.columns):
        yield words(
            N_(
                "A cell that says withheld would speak of HIV, substance abuse or behavioral health. It is shown only "
                "when the member has consented to disclose it, for as long as the consent lasts."
            )
        )
    elif report.tests:
        yield words(
            N_(
                "Where the claim behind a date speaks of HIV, substance abuse or behavioral health too, the date "
                "counts, and what else the claim says is withheld unless the member has consented."
            )
        )


# --- codes ---


@cache
def _codes() -> tuple[Code, ...]:
    """The code lists, read once: they come with the program."""
    return codes.read_codes()


def _code_lists(report: Report, words: Words, parameters: Parameters) -> Iterable[CodeList]:
    """Of each concept that the definition names the codes that claims are searched for, in the order of the rules."""
    counted = codes.counted(_codes(), parameters)
    for concept in _concepts(report, parameters):
        systems = [
            (label, ", ".join(_written(system, code.code) for code in found))
            for system, label in SYSTEMS.items()
            if (found := codes.of(counted, [concept], [system]))
        ]
        if systems:
            name = words(CONCEPTS[concept]) if concept in CONCEPTS else concept.replace("_", " ")
            yield CodeList(name, tuple((words(label), listed) for label, listed in systems))


def _concepts(report: Report, parameters: Parameters) -> Iterable[str]:
    """The concepts that decide what the report says, in the order in which the guide comes to them."""
    named = list(report.population.any_of)
    if report.rows == "ed_visits":
        named += (*RULES.ed_concepts, *RULES.office_concepts)
    elif report.rows == "stays":
        named += RULES.room_concepts
    elif report.group == "panel":
        named += (*parameters.visit_concepts, *parameters.clinic_concepts)
    for test in report.tests:
        named += test.all_concepts
        named += test.alongside.concepts if test.alongside else ()
        named += (*test.never.any_of, *(test.never.both or ())) if test.never else ()
    return dict.fromkeys(named)


def _written(system: str, code: str) -> str:
    return f"{code[:3]}.{code[3:]}" if system == "ICD-10-CM" and len(code) > 3 else code
