"""Django's settings, read from the bank's home folder and the environment.

RECOBRO_HOME         the bank's folder; default ./bank
DATABASE_URL         postgres://user:password@host:port/name; default: SQLite in the home
RECOBRO_SECRET_KEY   signs sessions; default: the file secret-key in the home, else a passing one
RECOBRO_HOSTS        names by which browsers may call the pages, parted by commas; default: this
                     machine alone
RECOBRO_SECOND_FACTOR
                     roles of which a second factor is demanded, parted by commas, or all;
                     default: of nobody
RECOBRO_OIDC_ISSUER, RECOBRO_OIDC_CLIENT_ID, RECOBRO_OIDC_SECRET_FILE
                     the bank's identity provider (OpenID Connect); default: none
RECOBRO_OIDC_CLAIM   what of a person is the user name; default: preferred_username
RECOBRO_OIDC_NAME    what the sign-in page calls the provider; default: its host
RECOBRO_UPLOAD_LIMIT how many bytes a delivery may have that is sent on the pages; default: 2 GiB
RECOBRO_API_LIMIT    how often one token may ask in a minute, at each process; default: 600
RECOBRO_WEBHOOK_NETWORKS
                     private networks that webhooks may lead into, parted by commas; default: none
RECOBRO_HTTPS        1 where the pages are reached by https alone, through a proxy that says so
"""

import os
import secrets
from pathlib import Path

from csp.constants import NONE, SELF

from recobro.config.database import database
from recobro.config.second_factor import roles_with_second_factor
from recobro.office.identity_provider import provider_of
from recobro.office.outward import networks
from recobro.office.secret_key import secret_key

HOME = Path(os.environ.get("RECOBRO_HOME", "bank")).resolve()

SECRET_KEY = os.environ.get("RECOBRO_SECRET_KEY") or secret_key(HOME) or secrets.token_urlsafe(48)

USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "django_htmx",
    "recobro.journal",
    "recobro.book",
    "recobro.office.people",
    "recobro.office.settings",
    "recobro.office.approvals",
    "recobro.office.appointments",
    "recobro.office.judgements",
    "recobro.office.saved",
    "recobro.office.jobs",
    "recobro.office.tokens",
    "recobro.office.webhooks",
    "recobro.runs",
    "recobro.casework.case",
    "recobro.oversight.notices",
    "recobro.reports",
    "recobro.oversight.teams",
    "recobro.web",
    "recobro.api",
]
DATABASES = {"default": database(os.environ.get("DATABASE_URL"), home=HOME)}

# The pages.
ROOT_URLCONF = "recobro.config.urls"
WSGI_APPLICATION = "recobro.config.wsgi.application"
ALLOWED_HOSTS = os.environ.get("RECOBRO_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "recobro.web.middleware.desk",
    "recobro.web.middleware.bounded",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "csp.context_processors.nonce",
            ],
            "builtins": ["recobro.web.templatetags.said"],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# What is sent: forms are small; files are for whoever starts loads.
UPLOAD_LIMIT = int(os.environ.get("RECOBRO_UPLOAD_LIMIT", str(2 * 1024**3)))

# Who signs in.
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "recobro.office.people.backend.ByPassword",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SECOND_FACTOR_ROLES = roles_with_second_factor(os.environ.get("RECOBRO_SECOND_FACTOR", ""))
OIDC = provider_of(os.environ)
CSRF_FAILURE_VIEW = "recobro.web.views.errors.stale_form"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # of an hour
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # not everybody behind one address
AXES_LOCKOUT_CALLABLE = "recobro.web.views.sign_in.locked_out"
AXES_CLIENT_IP_CALLABLE = "recobro.office.address.address_of"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else one try in a while locks out for ever
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
ADDRESS_FAILURE_LIMIT = 50  # in the same time, with whatever names: a branch may share an address

# How often programs may ask, at each process of the server.
API_REQUESTS_A_MINUTE = int(os.environ.get("RECOBRO_API_LIMIT", "600"))
API_FAILURES_A_MINUTE = 60

# Which private networks programs are told in; public addresses are always allowed.
_NETWORKS = "RECOBRO_WEBHOOK_NETWORKS"
WEBHOOK_NETWORKS = networks(_NETWORKS, os.environ.get(_NETWORKS, ""))

# What a browser may do with a page.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
BEHIND_PROXY = os.environ.get("RECOBRO_HTTPS") == "1"
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60

# What goes wrong is told where the server's own words go; of a request its path alone.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
}
