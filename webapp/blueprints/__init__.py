"""HTTP: one blueprint a portal, each with its routes, forms and flows."""

from webapp.blueprints.member.routes import blueprint as member
from webapp.blueprints.provider.routes import blueprint as provider
from webapp.blueprints.public.routes import blueprint as public

BLUEPRINTS = (public, member, provider)
