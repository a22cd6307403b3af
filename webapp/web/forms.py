"""The base of every form."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.fields.core import UnboundField

from webapp.web import kept


class Form(FlaskForm):
    """A form that shows again what was typed when the session ended before it was sent (kept.py)."""

    #: Beside password fields, the fields that hold a secret.
    secret_fields: tuple[str, ...] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        kept.SECRET_FIELDS.update(cls.secret_fields)
        for name, field in vars(cls).items():
            if isinstance(field, UnboundField) and issubclass(field.field_class, PasswordField):
                kept.SECRET_FIELDS.add(name)

    class Meta(FlaskForm.Meta):
        csrf = False  # the guard in front of all views checks the token

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """What the request sent; on the page after a new sign-in, what was typed before it."""
            given = super().wrap_formdata(form, formdata)
            if given is None and (typed := kept.typed_before()) and any(name in form for name in typed):
                kept.tell()
                return typed
            return given
