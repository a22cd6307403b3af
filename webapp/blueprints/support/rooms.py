"""The modules of the support console, loaded together."""

from webapp.blueprints.support import (
    access,
    audit_log,
    callers,
    data,
    downloads,
    existing,
    imitate,
    letters,
    paper_forms,
    people,
    people_of_staff,
    queues,
    routes,
    survey,
)

__all__ = [
    "access",
    "audit_log",
    "callers",
    "data",
    "downloads",
    "existing",
    "imitate",
    "letters",
    "paper_forms",
    "people",
    "people_of_staff",
    "queues",
    "routes",
    "survey",
]
