"""The mails of consolidation (guide 004). None names a practice or a Tax ID."""

from reports.words import N_
from webapp.domain.mails import Mail

CODE = Mail(
    N_("Your verification code"),
    N_(
        "Hello,\n\n"
        "To complete the registration of your account in the %(plan)s provider portal, enter this code. "
        "It is good for %(minutes)s minutes.\n\n"
        "Verification code: %(code)s\n\n"
        "If you don't recognize this request, someone may have used your email address by mistake. "
        "You can safely ignore this email.\n\n"
        "To maintain HIPAA compliance, please do not share your username or password with anyone.\n"
    ),
)

# To the address that the older portal had, where it is another one than the account's.
MOVED = Mail(
    N_("Your older account was brought into the new provider portal"),
    N_(
        "Hello %(first_name)s,\n\n"
        "Your account %(existing)s of our older portal is now part of an account in the %(plan)s provider portal. "
        "That account has another email address than this one.\n\n"
        "If you did this, you need to do nothing more.\n\n"
        "This wasn't me: open this page within 10 days, and nobody can use the account "
        "until you have spoken with us:\n\n"
        "%(link)s\n\n"
        "Within %(days)s days we can also undo it. Call %(telephone)s.\n"
    ),
)

TAKEN_BACK = Mail(
    N_("Your older account stands by itself again"),
    N_(
        "Hello %(first_name)s,\n\n"
        "Your account %(existing)s of our older portal was taken out of an account in the %(plan)s provider portal. "
        "You can bring it in again at any time.\n\n"
        "Questions? Call %(telephone)s.\n"
    ),
)

#: What account_changes.announce says to the address of the portal's account.
BROUGHT_IN = N_("An account of our older portal was brought into it.")
TAKEN_OUT = N_("An account of our older portal was taken out of it.")
