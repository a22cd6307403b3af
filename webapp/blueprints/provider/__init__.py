"""The provider portal: its addresses are in routes.py and reports.py."""

from flask import Blueprint

blueprint = Blueprint("provider", __name__, url_prefix="/providers")
