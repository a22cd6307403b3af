"""The member portal: its addresses are in routes.py and the files beside it."""

from flask import Blueprint

blueprint = Blueprint("member", __name__, url_prefix="/members")
