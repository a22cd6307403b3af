"""Templates, compiled for each language with its texts in their places: a page has sixty texts that never change."""

from typing import Any, Self

from flask.sansio.app import App
from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import Template
from jinja2.visitor import NodeTransformer

from webapp.pieces import escaped
from webapp.web import texts


class _Plainly(CodeGenerator):
    """Prints what is escaped as it is. Jinja's own code wraps each text once more, and copies what was wrapped before:
    a report's table is as long as the rest of the page."""

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


class PortalEnvironment(Environment):
    """Flask's environment of templates, with a twin for each language in which a text without values is no call."""

    code_generator_class = _Plainly
    escaped = staticmethod(escaped)

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        self.catalogue: Any = None
        self._twins: dict[Any, Self] = {}
        self._at_hand: dict[str, Template] = {}

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Template:  # noqa: A002
        """The template in the language of the page; what it includes, extends and imports comes from the same twin."""
        if self.catalogue is None:
            return self._twin(texts.catalogue()).get_template(name, parent, globals)
        if globals or self.auto_reload:
            return super().get_template(name, parent, globals)
        if name not in self._at_hand:
            self._at_hand[name] = super().get_template(name, parent)
        return self._at_hand[name]

    def make_globals(self, d: Any) -> Any:
        """Templates without globals of their own share the environment's: each import compares the two."""
        return super().make_globals(d) if d else self.globals

    def _twin(self, catalogue: Any) -> Self:
        if catalogue not in self._twins:
            twin = self.overlay()
            twin.catalogue, twin._at_hand = catalogue, {}
            self._twins[catalogue] = twin
        return self._twins[catalogue]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        return _InPlace(self.catalogue).visit(parsed) if self.catalogue is not None else parsed


class _InPlace(NodeTransformer):
    """Puts the translation in the place of each `_('text')` that has no values, and has what is not written out, as
    `_(name)`, escaped like any other value."""

    def __init__(self, catalogue: Any) -> None:
        self.catalogue = catalogue

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - as Jinja names it
        """A call of ours with nothing but texts becomes what it would return; one of which only the values are known
        later stays."""
        self.generic_visit(node)
        said = texts.SAID_BY.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if said is None:
            return node
        given = [text.value for text in node.args if isinstance(text, nodes.Const)]
        if len(given) < len(node.args) or node.dyn_args:
            node.node = nodes.Name("gettext", "load", lineno=node.lineno)
            return node
        if node.kwargs or node.dyn_kwargs:
            return node
        return nodes.Const(said(self.catalogue, *given), lineno=node.lineno)
