"""Django's settings, read from the bank's home folder and the environment.

RECOBRO_HOME     the bank's folder; default ./bank
DATABASE_URL     postgres://user:password@host:port/name; default: SQLite in the home
"""

import os
import secrets
from pathlib import Path

from recobro.config.database import database

HOME = Path(os.environ.get("RECOBRO_HOME", "bank")).resolve()

# Nothing is signed yet that outlives a process.
SECRET_KEY = os.environ.get("RECOBRO_SECRET_KEY") or secrets.token_urlsafe(48)

USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["recobro.book", "recobro.runs"]
DATABASES = {"default": database(os.environ.get("DATABASE_URL"), home=HOME)}
