"""Walk-throughs: one browser and one portal for all of them, a fresh window and a fresh demo for each."""

import os
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.harness import browser as browsers
from tests.e2e.harness import looks, server
from tests.e2e.harness.camera import Camera
from tests.e2e.harness.server import Portal
from tests.e2e.harness.walk import RESULTS, Walk
from tests.harness.guide_rules import walks_of
from tests.harness.options import Combination, chosen, writing
from webapp.guides import definition

# The step that failed, by guide and combination: what follows it cannot be walked.
_failed: dict[str, str] = {}


def guide_of(path: Path) -> str:
    """'member-registration' for test_member_registration.py."""
    return path.stem.removeprefix("test_").replace("_", "-")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "combination" in metafunc.fixturenames:
        module = Path(metafunc.module.__file__)
        combinations = chosen(metafunc.config, guide=module.parent.name == "guides")
        written = guide_of(module)
        if metafunc.config.getoption("--write-guides") and written in definition.slugs():
            combinations = writing(definition.read(written).device)
        metafunc.parametrize("combination", combinations, ids=str, scope="module")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    guides = config.getoption("--guide")
    if guides:
        unknown = set(guides) - {guide_of(item.path) for item in items}
        if unknown:
            raise pytest.UsageError(f"there is no guide {sorted(unknown)[0]!r}")
        kept = [item for item in items if guide_of(item.path) in guides]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
    if config.getoption("--write-guides"):
        # The steps alone, one after the other, as a reader goes.
        items[:] = [item for item in items if item.name.partition("[")[0] in _steps_of(item.path)]
    for item in items:
        # The steps of one walk stay together, and in their order, when several processes share the work.
        if "walk" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(_walk_key(item)))


def _steps_of(path: Path) -> set[str]:
    """The tests of a module that walk a step of its guide."""
    return {test for tests in walks_of(guide_of(path)).values() for test in tests}


def _walk_key(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    combination = callspec.params.get("combination", "") if callspec else ""
    return f"{guide_of(item.path)}-{combination}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    walks = [used for used in getattr(item, "funcargs", {}).values() if isinstance(used, Walk)]
    if report.failed and walks:
        _failed.setdefault(_walk_key(item), item.name)
        report.sections.extend((walk.name, _keep_evidence(walk, report.when)) for walk in walks)
    return report


def _keep_evidence(walk: Walk, when: str) -> str:
    walk.folder.mkdir(parents=True, exist_ok=True)
    shot = walk.folder / f"{_file_name(walk.step)}.png"
    place = f"step: {walk.step} ({when})\nat: {walk.page.url}"
    try:
        shot.with_suffix(".html").write_text(walk.page.content(), encoding="utf-8")
        walk.page.screenshot(path=shot, full_page=True)
    except Exception as fault:
        return f"{place}\nno screenshot: {fault}"
    return f"{place}\nscreenshot: {shot}, and the page beside it\ntrace: {walk.folder / 'trace.zip'}"


def _file_name(step: str) -> str:
    return re.sub(r"[^\w-]+", "-", step)[:80].strip("-") or "start"


@pytest.fixture(scope="session", autouse=True)
def _looks(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Look at pages of one shape once in a run, whichever of its processes meets them."""
    own = tmp_path_factory.getbasetemp()
    looks.keep_in((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "looks")


@pytest.fixture(scope="session")
def portal_server(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal: the one of --base-url, else one of our own with the demo plan."""
    if url := pytestconfig.getoption("--base-url"):
        yield server.deployed(url)
        return
    with server.running(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture(scope="session")
def demo(portal_server: Portal) -> dict[str, Any]:
    """Who is in the demo plan: `portal demo --json`."""
    return portal_server.demo


@pytest.fixture(scope="session")
def chromium(pytestconfig: pytest.Config) -> Iterator[Browser]:
    """The browser."""
    watched = {"headed": pytestconfig.getoption("--headed"), "slow": pytestconfig.getoption("--slow")}
    with browsers.chromium(**watched) as browser:
        yield browser


@pytest.fixture(scope="module")
def walk(
    request: pytest.FixtureRequest, chromium: Browser, portal_server: Portal, combination: Combination
) -> Iterator[Walk]:
    """One walk, kept over all steps of a module: a fresh window, and the demo plan as it was."""
    portal_server.restore()
    name = guide_of(request.path)
    traced = request.config.getoption("--keep-trace")
    with _window(chromium, portal_server, combination, name, traced) as walk:
        if request.config.getoption("--write-guides"):
            walk.camera = Camera(definition.read(name), walk.language)
        yield walk
        if walk.camera is not None and f"{name}-{combination}" not in _failed:
            walk.camera.finish()


@pytest.fixture(scope="module")
def desk(walk: Walk, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Walk]:
    """Somebody else at the same portal, in a window of their own, while the walk goes on: support, for one."""
    traced = request.config.getoption("--keep-trace")
    with _window(chromium, walk.portal, walk.combination, f"{walk.name}-desk", traced) as desk:
        yield desk


@contextmanager
def _window(
    chromium: Browser, portal: Portal, combination: Combination, name: str, traced: bool
) -> Iterator[Walk]:
    """A fresh window. What was done in it is kept where a step of its module failed; traced: always, and each page."""
    context = browsers.new_context(chromium, combination, portal.url)
    context.tracing.start(snapshots=traced, screenshots=False)
    walk = Walk(context.new_page(), portal, combination, name)
    yield walk
    failed = f"{name.removesuffix('-desk')}-{combination}" in _failed
    context.tracing.stop(**({"path": walk.folder / "trace.zip"} if failed or traced else {}))
    context.close()


@pytest.fixture(autouse=True)
def _step(request: pytest.FixtureRequest) -> None:
    """Name the step; a step after one that failed is not walked."""
    if "walk" not in request.fixturenames:
        return
    if earlier := _failed.get(_walk_key(request.node)):
        pytest.skip(f"an earlier step failed: {earlier}")
    for name in {"walk", "desk"} & set(request.fixturenames):
        request.getfixturevalue(name).step = request.node.name


def pytest_configure(config: pytest.Config) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
