"""HTTP: one blueprint a portal, each with its routes, forms and flows."""

from webapp.blueprints.member import blueprint as member
from webapp.blueprints.member import routes as _member_routes
from webapp.blueprints.provider import blueprint as provider
from webapp.blueprints.provider import routes as _provider_routes
from webapp.blueprints.public import blueprint as public
from webapp.blueprints.public import routes as _public_routes
from webapp.blueprints.support import blueprint as support
from webapp.blueprints.support import rooms as _support_rooms

BLUEPRINTS = (public, member, provider, support)

__all__ = ["BLUEPRINTS", "_member_routes", "_provider_routes", "_public_routes", "_support_rooms"]
