"""Update My Personal Information (guide 000): from the tab to the request whose status the member sees."""

from tests.e2e.harness.guide import guide
from tests.e2e.harness.walk import Walk
from webapp.config import read_plan
from webapp.words import list_of_programs

GUIDE = guide("update-information")
PROGRAMS = ("A", "B", "C", "D", "LB")
SPACE_BESIDE_THE_WORD = """button => {
  const words = document.createRange();
  words.selectNodeContents(button);
  const [inner, outer] = [words.getBoundingClientRect(), button.getBoundingClientRect()];
  return [inner.left - outer.left, outer.right - inner.right];
}"""


def test_the_tab_leads_to_the_program_buttons(walk: Walk) -> None:
    GUIDE.walk(walk, "the-tab")
    walk.sees(
        "To update your information, please select your HUSKY Health Program type. Once you select your program, "
        "you will need to login to access and review your personal information."
    )
    walk.sees(
        "To see whether you belong to %(programs)s simply look at your HUSKY ID Card. "
        "The big, bold letter is your HUSKY program.",
        programs=list_of_programs(read_plan(), PROGRAMS, walk.language),
    )
    for program in PROGRAMS:
        button = walk.pressable(program)
        assert button.is_visible()
        before, after = button.evaluate(SPACE_BESIDE_THE_WORD)
        assert before >= 8, "the letter does not touch the edge of its button"
        assert abs(before - after) <= 1, "it stands in the middle"


def test_the_program_leads_to_what_is_on_record(walk: Walk) -> None:
    GUIDE.walk(walk, "program")
    assert walk.control("City").input_value()


def test_a_mistake_is_said_at_its_field(walk: Walk) -> None:
    walk.fill("ZIP code", "12")
    walk.click("Send")
    assert walk.errors() == [walk.t("Enter the ZIP code as five digits, like 06106.")]


def test_the_change_is_sent_and_its_status_is_shown(walk: Walk) -> None:
    GUIDE.walk(walk, "change")


def test_it_can_be_taken_back(walk: Walk) -> None:
    GUIDE.walk(walk, "take-it-back")
