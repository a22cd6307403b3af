"""The fixtures that every test may ask for; each lives in its own module of tests/harness."""

pytest_plugins = [
    "tests.harness.options",
    "tests.harness.clock",
    "tests.harness.database",
    "tests.harness.application",
]
