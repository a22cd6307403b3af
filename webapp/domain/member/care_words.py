"""The care that the gap reports ask for, in a member's words: what it is, why, and what to do. One entry a test."""

from dataclasses import dataclass

from reports.words import N_


@dataclass(frozen=True)
class CareWords:
    """Msgids. `name`: what the care is called; `why`: what it is for; `next_step`: what to do when it is due."""

    name: str
    why: str
    next_step: str


_ASK_AT_VISIT = N_("Call your PCP's office. Say that you are due for this test.")
_EYES = N_("Call an eye doctor, or ask your PCP's office for one. Say that you have diabetes.")
_CHECKUP = N_("Call your PCP's office and ask for a checkup. You do not need to be sick.")

CARE: dict[str, CareWords] = {
    "hba1c": CareWords(
        N_("A1C blood test"),
        N_("It shows how your blood sugar has been for the last three months."),
        _ASK_AT_VISIT,
    ),
    "ldl_c": CareWords(
        N_("Cholesterol blood test"),
        N_("With diabetes, high cholesterol is harder on your heart."),
        _ASK_AT_VISIT,
    ),
    "nephropathy": CareWords(
        N_("Kidney test"),
        N_("Diabetes can hurt the kidneys before you feel it. A urine or blood test finds it early."),
        _ASK_AT_VISIT,
    ),
    "retinal_exam": CareWords(
        N_("Diabetes eye exam"),
        N_("Diabetes can hurt the back of the eye before you notice. Found early, it can be treated."),
        _EYES,
    ),
    "preventive_visit": CareWords(
        N_("Yearly checkup"),
        N_("A checkup finds problems while they are small, and you can ask your questions."),
        _CHECKUP,
    ),
    "breast": CareWords(
        N_("Mammogram"),
        N_("An X-ray of the breasts. It finds breast cancer early, when it is easier to treat."),
        N_("Call your PCP's office and ask where you can have a mammogram."),
    ),
    "cervical": CareWords(
        N_("Pap test or HPV test"),
        N_("A short test that finds changes before they turn into cervical cancer."),
        N_("Call your PCP's office or a women's clinic and ask for this test."),
    ),
    "colorectal": CareWords(
        N_("Colon cancer test"),
        N_("There is more than one test. Some you can do at home."),
        N_("Call your PCP's office. Ask which test is right for you."),
    ),
    "well_care": CareWords(
        N_("Well-child checkup"),
        N_("The doctor sees how your child grows, gives shots, and answers your questions."),
        N_("Call the PCP's office and ask for a checkup for your child."),
    ),
    "developmental_screening": CareWords(
        N_("Check of how your child is growing and learning"),
        N_("A few questions about how your child plays, talks and moves. Help works best early."),
        N_("Ask for it at the next checkup."),
    ),
}
