"""The pages for a web server: gunicorn recobro.config.wsgi:application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recobro.config.settings")
application = get_wsgi_application()
