"""One settings file; what differs between installations comes from the environment."""

from datetime import timedelta
from pathlib import Path

from django.contrib.messages import constants as message_levels

from riskcontrol import environment
from riskcontrol.keyring import ALGORITHMS
from riskcontrol.sizes import FIELDS_BYTES

BASE_DIR = Path(__file__).resolve().parent.parent

# All data lies under one folder: database, uploads, fonts, collected static files.
VAR_DIR = environment.made_folder("VAR_DIR", BASE_DIR / "var")
FONT_DIR = environment.folder("FONT_DIR", VAR_DIR / "fonts")
# Whether papers are made with our faster parts of WeasyPrint (riskcontrol/paper/pdf_engine.py) or with its own.
PDF_PATCHES = environment.flag("PDF_PATCHES", default=True)
BOOTSTRAP_DIR = environment.folder("BOOTSTRAP_DIR", Path("/usr/share/javascript/bootstrap5"))

DEBUG = environment.flag("DEBUG")
# Whether the published tables may be read without an account (R33); nothing personal stands in them.
PUBLIC_PUBLICATION = environment.flag("PUBLIC_PUBLICATION", default=True)
# The sample school has published passwords, so it loads only where this is set.
DEMO = environment.flag("DEMO")
# Set behind a reverse proxy that speaks TLS: cookies then travel over https only and http is sent there.
BEHIND_TLS = environment.flag("BEHIND_TLS")

SECRET_KEY = environment.secret_key(relaxed=DEBUG or DEMO)
# The keys of the trail's seals (riskcontrol/seals.py), outside of the database and apart from SECRET_KEY, and what new
# ones are for.
SEAL_KEYS_FILE = environment.seal_keys_file("SEAL_KEYS_FILE")
SEAL_ALGORITHM = environment.choice("SEAL_ALGORITHM", ALGORITHMS[0], ALGORITHMS)
# Where each day's head of the trail is written down, at a place of the auditor's choice (riskcontrol/anchors.py).
ANCHOR_FILE = environment.file("ANCHOR_FILE")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", ("127.0.0.1", "localhost"))
# Under which address everybody finds this site, for the QR codes on papers; without one they have the bare code.
SITE_ADDRESS = environment.site_address("SITE_ADDRESS", ALLOWED_HOSTS, is_tls=BEHIND_TLS)
CSRF_TRUSTED_ORIGINS = environment.origins("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "riskcontrol",
    "departments",
    "riskpoints",
    "riskpoints.rules",
    "riskpoints.references.powers",
    "riskpoints.references.regulations",
    "riskpoints.references.library",
    "riskpoints.participation",
    "riskpoints.library",
    "riskpoints.powers",
    "riskpoints.campaign",
    "riskpoints.oversight",
    "riskpoints.regulations",
]

MIDDLEWARE = [
    "riskcontrol.web.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "riskcontrol.web.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "riskcontrol.web.middleware.AuditAddressMiddleware",
    "riskcontrol.web.middleware.NoStoreMiddleware",
    "riskcontrol.web.middleware.RateMiddleware",
    "departments.accounts.middleware.SetUpMiddleware",
    "departments.accounts.middleware.TypedMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "departments.accounts.middleware.SeenMiddleware",
    "departments.accounts.middleware.FirstThingsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "riskcontrol.web.middleware.UploadMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "riskcontrol.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "riskpoints.desk.navigation.site",
            ]
        },
    },
    {  # the rows of long pages: riskcontrol/web/partials.py
        "NAME": "partials",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "riskcontrol.web.partials.environment"},
    },
]
WSGI_APPLICATION = "riskcontrol.wsgi.application"

DATABASES = {"default": environment.database("DATABASE_URL", VAR_DIR / "register.sqlite3")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A write takes its lock at the beginning and waits for it, so two writers never both read the old row; WAL with
    # FULL lets readers go on meanwhile and loses no acknowledged write when the power fails.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    # An open connection keeps the log's two files, which could not be made again on a full disk: pages would then not
    # even be read. It also spares each request the clearing of the log.
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
# An empty PostgreSQL database in which backups are tried out, where the account may not create one (CREATEDB).
SCRATCH_DATABASE_URL = environment.scratch_url("SCRATCH_DATABASE_URL")
SCRATCH_DATABASE = environment.database("SCRATCH_DATABASE_URL", VAR_DIR / "unused") if SCRATCH_DATABASE_URL else {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Who may come in.
AUTH_USER_MODEL = "departments.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "inbox"
PASSWORD_HASHERS = [
    "departments.accounts.hashing.Argon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# 等保 level 2: what a new password has to be; checked where one is chosen, so that old ones still open the door.
PASSWORD_LENGTH = environment.number("PASSWORD_LENGTH", 10, minimum=8, maximum=64)
PASSWORD_HISTORY = environment.number("PASSWORD_HISTORY", 5, minimum=0, maximum=24)
# Further words that no password may contain, such as the school's name in pinyin.
PASSWORD_WORDS = environment.words("PASSWORD_WORDS")
# A password has to be changed after so many days; 0: never. The sample school's passwords are meant to stay.
PASSWORD_DAYS = environment.number("PASSWORD_DAYS", 0 if DEMO else 90, minimum=0, maximum=3650)
# A one-time password that nobody used for so many days opens nothing any more.
ONE_TIME_PASSWORD_DAYS = environment.number("ONE_TIME_PASSWORD_DAYS", 14, minimum=1, maximum=365)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"departments.accounts.passwords.{name}Validator"}
    for name in ("Length", "Classes", "Names", "Common", "History")
]
# Roles that have to log in with a code of an authenticator as well, such as reviewer,principal,admin.
TOTP_ROLES = environment.words("TOTP_ROLES")
# Five failures lock this person at this address, and nobody else, for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_TEMPLATE = "registration/lockout.html"
AXES_CLIENT_IP_CALLABLE = "riskcontrol.web.addresses.counted_address_of"
# The number of proxies in front, and where they are; see riskcontrol/web/addresses.py.
PROXY_COUNT = environment.number("PROXY_COUNT", 1 if BEHIND_TLS else 0, minimum=0, maximum=5)
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES", ("127.0.0.0/8", "::1"))

# A session ends after so many idle minutes, after so many hours in all, and when the browser closes: office computers
# are shared.
SESSION_ENGINE = "departments.accounts.sessions"
SESSION_COOKIE_AGE = 60 * environment.number("SESSION_IDLE", 30, minimum=1, maximum=720)
SESSION_HOURS = environment.number("SESSION_HOURS", 12, minimum=1, maximum=168)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS

# Requests a minute from one address: pages that need no login, and attempts to log in; 0: as many as come.
PUBLIC_RATE = environment.number("PUBLIC_RATE", 120, minimum=0, maximum=100_000)
LOGIN_RATE = environment.number("LOGIN_RATE", 30, minimum=0, maximum=100_000)

# Reminders go by mail as well where a mail server is named; what is about persons never stands in one.
EMAIL_HOST = environment.text("EMAIL_HOST")
EMAIL_SECURITY = environment.choice("EMAIL_SECURITY", "ssl", ("ssl", "starttls", "none"))
EMAIL_USE_SSL, EMAIL_USE_TLS = EMAIL_SECURITY == "ssl", EMAIL_SECURITY == "starttls"
EMAIL_PORT = environment.number(
    "EMAIL_PORT", {"ssl": 465, "starttls": 587, "none": 25}[EMAIL_SECURITY], minimum=1, maximum=65535
)
EMAIL_HOST_USER = environment.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_PASSWORD")
DEFAULT_FROM_EMAIL = environment.mail_address("EMAIL_FROM", needed=bool(EMAIL_HOST))
EMAIL_TIMEOUT = 20  # seconds for each mail
# Whether the first login of a day begins the day's reminders, where no timer did.
REMIND_AT_LOGIN = environment.flag("REMIND_AT_LOGIN", default=True)

# What a browser may do with a page.
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # asked by the machine itself, which speaks plain http
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
    }
}
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # the school's domain has other hosts, and whether they speak https is not ours to promise
    "security.W021",  # the same for the browsers' preload list
]

# What may be sent in: a table's form has some ten fields for each of its points; an import or a scan is one file,
# scans of many tables are up to 60 (more than that the form itself refuses, with words).
DATA_UPLOAD_MAX_MEMORY_SIZE = FIELDS_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 200
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
MEDIA_ROOT = VAR_DIR / "media"  # has no address of its own: views hand files out after asking who may

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "riskcontrol.web.finders.BootstrapFinder",
]
_PLAIN_STATIC, _HASHED_STATIC = (
    "django.contrib.staticfiles.storage.StaticFilesStorage",
    "whitenoise.storage.CompressedManifestStaticFilesStorage",
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _PLAIN_STATIC if DEBUG else _HASHED_STATIC},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# What is printed and kept beside each review and confirmation.
KEPT_DOCUMENTS = ("pdf", "xlsx")

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
MESSAGE_TAGS = {message_levels.DEBUG: "secondary", message_levels.ERROR: "danger"}

# One line per request, in JSON for whoever collects it; the sample school and development stay readable and quiet.
LOG_FORMAT = environment.choice("LOG_FORMAT", "line" if DEBUG or DEMO else "json", ("json", "line"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "riskcontrol.web.logs.RequestFilter"}},
    "formatters": {
        "line": {
            # Only a developer sees an error's own words: they may repeat what was typed.
            "()": "logging.Formatter" if DEBUG else "riskcontrol.web.logs.QuietFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_number)s]: %(message)s",
        },
        "json": {"()": "riskcontrol.web.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django's own handlers mail the administrators outside development; here everything goes to the console.
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.request": {"level": "ERROR"},  # an answer like 404 has its line already
        "riskcontrol": {"level": "WARNING" if LOG_FORMAT == "line" and (DEBUG or DEMO) else "INFO"},
        "axes": {"level": "ERROR"},  # it repeats what was typed as the name; the audit trail has each failed login
    },
}

# When /readyz warns: below this much free space in VAR_DIR, in megabytes.
MINIMUM_FREE_MB = environment.number("MINIMUM_FREE_MB", 500, minimum=1, maximum=1_000_000)
