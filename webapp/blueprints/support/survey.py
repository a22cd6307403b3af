"""Survey: how members answered the yearly survey, as charts and as a file; small groups are not shown."""

from itertools import groupby

from flask import Response, request

from webapp import clock
from webapp.blueprints.support import blueprint, lists
from webapp.domain.member import survey
from webapp.domain.member.survey_topics import ADULT, CHILD
from webapp.web import audience
from webapp.web.signed_in import settings
from webapp.web.texts import gettext as _

HEADS = ("form", "program", "topic", "question", "answer", "count")


@blueprint.get("/survey")
@audience.room("survey")
def survey_results() -> Response:
    """Each question of a form with its answers, by everybody or in one program."""
    plan = settings().plan
    years = survey.years() or [clock.today().year]
    year = int(lists.chosen("year", map(str, years)) or years[0])
    form = lists.chosen("form", (ADULT, CHILD)) or ADULT
    program = lists.chosen("program", plan.programs)
    found = survey.results(year, form, plan, program=program or None)
    return lists.page(
        "survey",
        _("Survey"),
        years=years,
        forms=((ADULT, _("Adults")), (CHILD, _("Children"))),
        programs=[(letter, plan.program_name(letter)) for letter in plan.programs],
        year=year,
        form=form,
        program=program,
        smallest=plan["survey"]["smallest_group"],
        answered=survey.answered(year, form, plan, program=program or None),
        topics=[
            (
                _(title),
                [
                    (
                        _(one.question.text),
                        one.counts
                        and [(_(words), one.counts[key]) for key, words in one.question.answers.items()],
                    )
                    for one in results
                ],
            )
            for title, results in groupby(found, key=lambda one: one.topic.title)
        ],
        file_url=lists.address("support.survey_file", {"year": year}),
    )


@blueprint.get("/survey.csv")
@audience.room("survey")
def survey_file() -> Response:
    """A year's answers of both forms, of everybody and by program."""
    year = lists.number(request.args.get("year"))
    return lists.csv_file(f"survey-{year}", HEADS, survey.rows(year, settings().plan))
