"""Secure messages with Web Support (web/message_pages.py)."""

from flask import Response

from webapp.blueprints.provider import blueprint
from webapp.web import audience, message_pages
from webapp.web.security import takes_files


@blueprint.get("/messages")
@audience.provider
def messages() -> Response:
    """Every thread of the account."""
    return message_pages.answer_list()


@blueprint.route("/messages/new", methods=["GET", "POST"])
@audience.provider
@takes_files
def new_message() -> Response:
    """Write a message that begins a thread."""
    return message_pages.answer_new()


@blueprint.route("/messages/<key>", methods=["GET", "POST"])
@audience.provider
@takes_files
def message_thread(key: str) -> Response:
    """Read a thread, and write again in it."""
    return message_pages.answer_thread(key)


@blueprint.get("/messages/<key>/<file_key>")
@audience.provider
def message_file(key: str, file_key: str) -> Response:
    """Download a file of a thread."""
    return message_pages.answer_file(key, file_key)
