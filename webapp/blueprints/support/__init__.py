"""The support console: its addresses are in routes.py and in a module for each room (staff.ROOMS)."""

from flask import Blueprint

blueprint = Blueprint("support", __name__, url_prefix="/support")
