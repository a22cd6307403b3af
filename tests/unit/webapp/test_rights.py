"""Each right and each responsibility of guide 002 is on the page, to the letter, and has its Spanish."""

import re

import pytest
from lxml.html import fragment_fromstring

from webapp import content

RIGHTS = (
    "Be treated with respect, dignity, and regard for your privacy",
    "Get care, or information about your care, in a timely manner",
    "Choose or change your provider",
    "Get help with making an appointment with a provider",
    "Take an active part in planning your care and making treatment decisions",
    (
        "Get complete and understandable information about your treatment options, regardless of cost or benefit"
        " coverage. Have the chance to talk about those choices with your provider"
    ),
    (
        "Get complete and understandable information on any financial programs that might affect the care that you get"
        " from your provider"
    ),
    "Refuse treatment, except when that treatment is required by law",
    "Get a second opinion",
    "Get translation services",
    "Request and review your medical records with your provider",
    "Make an advance directive",
    "Confidently exercise your rights",
    (
        "Receive services regardless of race, color, religion, gender, sexual orientation, age, cultural and ethnic"
        " background, or status as a HUSKY Health recipient"
    ),
    "Make a complaint, grievance, and/or appeal",
    "Be free from retaliation",
    "Learn about your medical benefits and how to use them",
    "Correct or change your Protected Health Information and control how it is used",
    "Contact your provider to advocate for medical services",
    (
        "File an appeal if the authorization of goods or services is partially or fully denied, suspended, reduced or"
        " terminated"
    ),
)
RESPONSIBILITIES = (
    "Give your providers and HUSKY the information they need to better serve you",
    "Choose a Primary Care Provider (PCP)",
    "Get regular checkups",
    "Follow the plan of care that you made with your providers",
    (
        "Discuss your care with your PCP before seeing a specialist, unless it is an emergency, pregnancy-related, or"
        " for family planning"
    ),
    (
        "Keep your appointments, or let your provider know at least 24 hours in advance if you need to cancel or"
        " reschedule"
    ),
    "Respect the dignity and privacy of others",
    "Carry your HUSKY Health cards",
    (
        "Notify HUSKY Health and DSS if there are changes to your address, phone number, household members, demographic"
        " information, or income"
    ),
)


def lists(language: str) -> list[list[str]]:
    """The numbered lists of the page."""
    tree = fragment_fromstring(
        content.read("rights-and-responsibilities", language).body, create_parent="div"
    )
    return [[" ".join(item.text_content().split()) for item in found.iter("li")] for found in tree.iter("ol")]


def test_there_are_twenty_rights_and_nine_responsibilities() -> None:
    assert (len(RIGHTS), len(RESPONSIBILITIES)) == (20, 9)
    for language in ("en", "es"):
        assert [len(found) for found in lists(language)] == [20, 9]


@pytest.mark.parametrize("number", range(20))
def test_a_right_is_on_the_page(number: int) -> None:
    assert lists("en")[0][number] == RIGHTS[number]
    assert_translated(RIGHTS[number], lists("es")[0][number])


@pytest.mark.parametrize("number", range(9))
def test_a_responsibility_is_on_the_page(number: int) -> None:
    assert lists("en")[1][number] == RESPONSIBILITIES[number]
    assert_translated(RESPONSIBILITIES[number], lists("es")[1][number])


def assert_translated(english: str, spanish: str) -> None:
    """The Spanish is another text, of about the same length, with the same numbers and names."""
    assert spanish != english
    assert 0.5 < len(spanish) / len(english) < 2
    marks = r"\d+|\bHUSKY\b|\bPCP\b|\bDSS\b"
    assert set(re.findall(marks, spanish)) == set(re.findall(marks, english))


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_says_whom_to_call_about_the_rights(language: str) -> None:
    body = content.read("rights-and-responsibilities", language).body
    between = body.split("</ol>")[1]
    assert f"tel:{content.library().plan['telephones']['member_engagement']}" in between
