"""What gunicorn serves: gunicorn wsgi:app"""

from turdify.web import create_app

app = create_app()
