"""The application for tests, and clients for it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from peewee import DatabaseProxy

from tests.harness.clock import TODAY, Hands
from tests.harness.database import open_for_tests
from tests.harness.pages import Client
from webapp import clock as portal_clock
from webapp import content, create_app, words
from webapp.config import Plan, Settings, read_settings

ROOT = Path(__file__).parents[2]
SECRET_KEY = "a key of the tests that protects nothing at all"


class _Compiled(BytecodeCache):
    """Templates are compiled once a run, not once for each test's application."""

    def __init__(self) -> None:
        self.kept: dict[Any, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self.kept.get(self._key(bucket)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[self._key(bucket)] = bucket.bytecode_to_string()

    @staticmethod
    def _key(bucket: Bucket) -> Any:
        """Each language has its own, with its texts in their places (webapp/web/templates.py)."""
        return bucket.environment.catalogue, bucket.key


_compiled = _Compiled()


@pytest.fixture(scope="session", autouse=True)
def written_once() -> Iterator[None]:
    """The content of the plans that come with the portal is read and indexed once, not for each change of plan."""
    libraries: list[content.Library] = []

    def library(plan: Plan) -> content.Library:
        if plan.folder is not None and not plan.folder.is_relative_to(ROOT):
            return made(plan)  # a test's own, whose files may change
        if found := [one for one in libraries if one.plan == plan]:
            return found[0]
        libraries.append(made(plan))
        return libraries[-1]

    made = content.Library
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "Library", library)
        yield


def settings(database_url: str, **environment: str) -> Settings:
    """The settings of a portal with this database; further PORTAL_… by name."""
    return read_settings(
        {
            "PORTAL_DATABASE": database_url,
            "PORTAL_SECRET_KEY": SECRET_KEY,
            "PORTAL_TODAY": TODAY.isoformat(),
            **environment,
        }
    )


@pytest.fixture
def make_app(database: DatabaseProxy, database_url: str, clock: Hands) -> Callable[..., Flask]:
    """Makes an application of the test's own, on its database: make_app(PORTAL_BASE_URL="https://…")."""

    def make(**environment: str) -> Flask:
        database.close()
        app = create_app(settings(database_url, **environment))
        open_for_tests(database_url)
        database.connect(reuse_if_open=True)
        app.testing = True
        app.jinja_env.bytecode_cache = _compiled
        return app

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask], database_url: str) -> Flask:
    """The application. Tests share one, each on its own database: a test that changes it makes its own."""
    if not _shared:
        _shared.append(make_app())
    app, own = _shared[0], settings(database_url)
    app.config["SETTINGS"] = own
    app.testing = True
    # What another test's application has set for the whole process.
    portal_clock.install(portal_clock.Clock(own.today, own.plan["plan"]["time_zone"]))
    words.install(own.plan.names)
    content.install(own.plan)
    return app


_shared: list[Flask] = []


@pytest.fixture
def client(app: Flask) -> Client:
    """A browser without a window that checks every page (pages.py)."""
    return Client(app)


@pytest.fixture
def htmx_client(app: Flask) -> Client:
    """The same with HTMX: forms and links that have hx-… get parts."""
    return Client(app, htmx=True)


@pytest.fixture
def new_client(app: Flask) -> Callable[..., Client]:
    """Makes further browsers: new_client(language="es", htmx=True, address="203.0.113.9")."""

    def make(**options: Any) -> Client:
        return Client(app, **options)

    return make
