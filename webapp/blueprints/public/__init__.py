"""Addresses that need no account: routes.py, prose.py, freezing.py."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)
