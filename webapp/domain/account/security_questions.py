"""The security questions that people choose from, by key. The first three are those of guide 000, step 3."""

from reports.words import N_

QUESTIONS: dict[str, str] = {
    "city-born": N_("In what city were you born? (Enter full name of city only)"),
    "first-pet": N_("What was the name of your first pet?"),
    "oldest-niece": N_("What is the first name of your oldest niece?"),
    "first-school": N_("What was the name of your first school?"),
    "childhood-street": N_("What street did you live on as a child?"),
    "first-job-town": N_("In what town was your first job?"),
    "best-friend": N_("What was the first name of your best friend as a child?"),
    "favorite-teacher": N_("What was the last name of your favorite teacher?"),
}
HOW_MANY = 3
#: What stands as the question of an account that came from an older portal with a PIN instead (guide 004, step 3).
PIN = "pin"


def wording(question: str) -> str:
    """The msgid of a stored question: an offered one is stored by its key, that of an older portal as its text."""
    return N_("PIN") if question == PIN else QUESTIONS.get(question, question)
