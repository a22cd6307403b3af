"""The base of every form."""

from typing import Any

from flask_wtf import FlaskForm

from webapp.web import kept


class Form(FlaskForm):
    """A form that shows again what was typed when the session ended before it was sent (kept.py)."""

    class Meta(FlaskForm.Meta):
        csrf = False  # the guard in front of all views checks the token

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """What the request sent; on the page after a new sign-in, what was typed before it."""
            given = super().wrap_formdata(form, formdata)
            if given is None and (typed := kept.typed_before()) and any(name in form for name in typed):
                kept.tell()
                return typed
            return given
