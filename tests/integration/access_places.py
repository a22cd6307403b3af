"""Where each address of the portal stands in the access matrix (test_access_matrix.py). An endpoint that is in none of
these lists, or in the wrong one, fails a test: whoever adds one decides here who may open it.
"""

#: Opens to everybody; holds nothing of a person, or asks for proof itself (a mailed token, an ID card, a password).
OPEN = frozenset(
    """
    public.gateway public.health public.guides public.guide public.guide_pdf public.patterns public.search public.page
    public.members_home public.providers_home public.demo_mail public.freeze
    member.login member.logout member.register member.forgot member.confirm member.letter member.locked
    member.find_a_doctor member.directory_provider member.directory_search_page member.directory_mistake
    provider.login provider.login_code provider.logout provider.signup provider.recover provider.confirm
    provider.contacts provider.consolidate provider.consolidate_done provider.consolidate_start
    support.login support.login_code support.logout support.enroll
    """.split()
)

#: Opens to whoever is signed in to the portal; the address names nothing, what it shows is the account's own.
OWN = frozenset(
    """
    member.home member.care member.coverage member.stay member.profile member.profile_close member.profile_email
    member.profile_email_code member.profile_language member.profile_looks member.profile_password
    member.profile_question member.profile_sign_ins member.profile_sign_out member.messages member.new_message
    member.survey_start member.update member.ask_update member.withdraw_update
    provider.home provider.stay provider.access provider.practices provider.join_practice provider.consolidated
    provider.profile provider.choose_report_mail provider.profile_email provider.profile_email_code
    provider.profile_language provider.profile_looks provider.profile_password provider.profile_question
    provider.profile_sign_ins provider.profile_sign_out provider.profile_second_factor
    provider.profile_second_factor_code provider.profile_second_factor_off provider.profile_recovery_codes
    provider.messages provider.new_message provider.patients provider.search_patients provider.team
    provider.reports_help_list provider.download_code
    """.split()
)

#: Likewise; the gap in the address holds a word of the plan's own (a wizard's step, a report), never somebody's.
WORDS = frozenset("member.survey provider.add_practice provider.reports_help".split())

#: Names a thing that is somebody's, in the address, its query or the form: opened by strangers one by one.
THINGS = frozenset(
    """
    member.account member.renewal member.consents member.give_consent member.withdraw_consent member.choose_sharing
    member.chosen_pcp member.choose_pcp member.take_back_pcp member.message_thread member.message_file
    provider.patient provider.reports provider.search_reports provider.reports_csv provider.reports_xlsx
    provider.reports_changes provider.reports_why provider.answer_gap provider.message_thread provider.message_file
    provider.team_person provider.remove_person provider.change_invitation provider.invite_person
    provider.team_downloads provider.leave_practice provider.ask_for_access provider.undo_consolidation
    """.split()
)

#: The console, each endpoint under its room.
ROOMS = {
    "desk": """home stay leave_imitation profile profile_email profile_email_code profile_language profile_password
               profile_second_factor profile_second_factor_code profile_second_factor_off profile_recovery_codes
               profile_sign_ins profile_sign_out""",
    "callers": "callers call",
    "queues": "queues queues_csv work print_letter",
    "people": "people person open_person",
    "forms": "paper_forms forms_csv enter_form",
    "imitate": "imitate",
    "access": "access access_csv access_tie",
    "downloads": "downloads downloads_csv downloads_account",
    "existing": "existing existing_csv existing_account",
    "data": "data",
    "publish": "publish_earlier",
    "survey": "survey_results survey_file",
    "audit": "audit audit_csv audit_seals",
    "staff": "staff staff_csv staff_person",
}

#: The rooms of each role, in full: a room that opens to one role more is a decision to be read here too.
ROLES = {
    "member-services": "desk callers queues people forms imitate survey",
    "provider-services": "desk queues people imitate access downloads existing",
    "eligibility": "desk callers queues people data",
    "supervisor": "desk callers queues people forms imitate access downloads existing data publish survey audit staff",
}


def place_of(endpoint: str) -> list[str]:
    """The places of an endpoint; the tests want exactly one."""
    lists = {"open": OPEN, "own": OWN, "words": WORDS, "things": THINGS}
    found = [name for name, endpoints in lists.items() if endpoint in endpoints]
    return found + [
        f"room {room}"
        for room, names in ROOMS.items()
        if endpoint in {f"support.{name}" for name in names.split()}
    ]
