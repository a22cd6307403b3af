"""The modules of the support console, loaded together."""

from webapp.blueprints.support import people_of_staff, queues, routes

__all__ = ["people_of_staff", "queues", "routes"]
