"""What all unit tests share."""

from tests.harness.compiled import compiled_once

__all__ = ["compiled_once"]
