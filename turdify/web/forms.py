"""The page's one form."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SubmitField


class PhotoForm(FlaskForm):
    """One photo, and the hidden CSRF token that Flask-WTF adds."""

    photo = FileField("Your photo", validators=[FileRequired("No photo was sent. Please choose one.")])
    submit = SubmitField("Turdify it")
