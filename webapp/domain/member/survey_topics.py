"""The yearly survey of members: guide 003's eleven topics, our own questions. Order is the order of the steps."""

from dataclasses import dataclass

from reports.words import N_

#: Answers by the key that is stored, in the order in which they are offered.
HOW_OFTEN = {
    "never": N_("Never"),
    "sometimes": N_("Sometimes"),
    "usually": N_("Most of the time"),
    "always": N_("Always"),
    "none": N_("This did not come up"),
}
HOW_LONG = {
    "same-day": N_("The same or the next day"),
    "week": N_("Within a week"),
    "month": N_("Within a month"),
    "longer": N_("Longer"),
    "none": N_("This did not come up"),
}
HOW_GOOD = {
    "very-good": N_("Very good"),
    "good": N_("Good"),
    "fair": N_("Not so good"),
    "poor": N_("Bad"),
    "none": N_("I cannot say"),
}
YES_NO = {"yes": N_("Yes"), "no": N_("No"), "none": N_("This did not come up")}

ADULT, CHILD = "adult", "child"


@dataclass(frozen=True)
class Question:
    """One question: its key in stored answers, its words (a msgid), and what can be answered."""

    key: str
    text: str
    answers: dict[str, str]


@dataclass(frozen=True)
class Topic:
    """One step of the survey. `form`: only of that form (ADULT or CHILD), or of both (None)."""

    slug: str
    title: str
    questions: tuple[Question, ...]
    form: str | None = None


TOPICS = (
    Topic(
        "access",
        N_("Access"),
        (
            Question("found-doctor", N_("How easy was it to find a doctor who takes your plan?"), HOW_GOOD),
            Question("got-care", N_("When you needed care, how often did you get it?"), HOW_OFTEN),
        ),
    ),
    Topic(
        "wait-time",
        N_("Wait time"),
        (
            Question("appointment", N_("How long did you wait for an appointment?"), HOW_LONG),
            Question(
                "on-time", N_("How often were you seen close to the time of your appointment?"), HOW_OFTEN
            ),
        ),
    ),
    Topic(
        "contact",
        N_("Contact with the doctor's office"),
        (
            Question("reached", N_("How often did you reach the office when you called?"), HOW_OFTEN),
            Question("called-back", N_("If they promised to call back, did they?"), YES_NO),
        ),
    ),
    Topic(
        "front-desk",
        N_("Clerks and receptionists"),
        (
            Question("helpful", N_("How helpful were the people at the front desk?"), HOW_GOOD),
            Question("language", N_("Could you speak with them in your language?"), YES_NO),
        ),
    ),
    Topic(
        "courtesy",
        N_("Courtesy and respect of the doctor"),
        (
            Question("listened", N_("How often did the doctor listen with care?"), HOW_OFTEN),
            Question("respect", N_("How often did the doctor treat you with respect?"), HOW_OFTEN),
        ),
    ),
    Topic(
        "follow-up",
        N_("Follow-up"),
        (
            Question("results", N_("After a test, how often did somebody tell you the result?"), HOW_OFTEN),
            Question("knew-history", N_("How often did the doctor know what happened before?"), HOW_OFTEN),
        ),
    ),
    Topic(
        "prescriptions",
        N_("Prescriptions"),
        (
            Question("got-medicine", N_("How often could you get the medicine you needed?"), HOW_OFTEN),
            Question("explained", N_("Did somebody explain how to take it?"), YES_NO),
        ),
    ),
    Topic(
        "specialists",
        N_("Specialists"),
        (
            Question("saw-specialist", N_("If you needed a specialist, could you see one?"), YES_NO),
            Question("specialist-wait", N_("How long did you wait for the specialist?"), HOW_LONG),
        ),
    ),
    Topic(
        "long-term",
        N_("Long-term care planning"),
        (
            Question("plan", N_("Did the doctor plan your care for the months ahead with you?"), YES_NO),
            Question("help-at-home", N_("Did somebody ask if you need help at home?"), YES_NO),
        ),
    ),
    Topic(
        "adult",
        N_("Your health"),
        (
            Question("health", N_("How is your health now?"), HOW_GOOD),
            Question("habits", N_("Did the doctor talk with you about smoking, food or exercise?"), YES_NO),
        ),
        ADULT,
    ),
    Topic(
        "child",
        N_("Your child's health"),
        (
            Question(
                "growth", N_("Did the doctor talk with you about how your child grows and learns?"), YES_NO
            ),
            Question(
                "child-listened",
                N_("Did the doctor explain things so that your child could follow?"),
                HOW_OFTEN,
            ),
        ),
        CHILD,
    ),
    Topic(
        "overall",
        N_("All in all"),
        (
            Question("doctor", N_("All in all, how good is the doctor?"), HOW_GOOD),
            Question("plan-overall", N_("All in all, how good is the plan?"), HOW_GOOD),
        ),
    ),
)
