"""The demo plan: invented people and practices, with accounts whose passwords everybody may know."""

from webapp.demo.describe import describe_demo
from webapp.demo.load import DemoRefused, load_demo

__all__ = ["DemoRefused", "describe_demo", "load_demo"]
