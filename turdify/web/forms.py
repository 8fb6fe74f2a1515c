"""The page's one form."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectField, SubmitField

from turdify.covers import CHOICES, DEFAULT
from turdify.detection import NORMAL, SENSITIVITIES


class PhotoForm(FlaskForm):
    """One photo, what is to cover the faces, how they are found, and the hidden CSRF token that Flask-WTF adds."""

    photo = FileField(
        lazy_gettext("Your photo"), validators=[FileRequired(lazy_gettext("No photo was sent. Please choose one."))]
    )
    emoji = RadioField(choices=CHOICES, default=DEFAULT)
    picture = FileField(lazy_gettext("Own picture"))
    sensitivity = SelectField(lazy_gettext("Find faces"), choices=list(SENSITIVITIES), default=NORMAL)
    submit = SubmitField(lazy_gettext("Turdify it"))
