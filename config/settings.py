"""Settings of a Parley installation, by environment only.

Without any variable this is the chat on one's own machine: SQLite under `data/`, one process, no Redis. The same code
with DATABASE_URL and REDIS_URL is several workers on PostgreSQL.
"""

from dataclasses import fields
from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from chat.conf import Conf
from config import faults, logs, sso
from config.env import env, mail_settings, require_strong, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("PARLEY_DATA_DIR", default=str(BASE_DIR / "data")))
DEBUG = env.bool("DEBUG", default=False)

SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
require_strong(DATA_DIR, [SECRET_KEY, *SECRET_KEY_FALLBACKS], hosts=ALLOWED_HOSTS, debug=DEBUG)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "daphne",
    "channels",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic",
    "django.contrib.staticfiles",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "chat",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "chat.web.middleware.HeadersMiddleware",
    "chat.web.static_files.PageFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "chat.web.middleware.ActingMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "chat.web.middleware.LimitMiddleware",
    "chat.web.middleware.SeenMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
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
            ],
        },
    },
]

# --- Database --------------------------------------------------------------------------------------------------------
# SQLite: a writer that began with a read would fail at once under WAL, so every transaction begins IMMEDIATE; FULL
# makes a commit durable before its acknowledgement; secure_delete overwrites erased text.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
}
# A database whose machine is gone answers nothing at all: its connections end soon, not after a quarter of an hour.
POSTGRESQL_OPTIONS = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    # And a worker that is gone within a transaction lets go of its room, which nobody else could write to meanwhile.
    "options": "-c idle_in_transaction_session_timeout=10s",
    "pool": {
        "min_size": env.int("DATABASE_POOL_MIN", default=2),
        "max_size": env.int("DATABASE_POOL_MAX", default=20),
        "timeout": 5,
        # Then asked again by whoever wants a connection: left to itself the pool would try ever more seldom.
        "reconnect_timeout": 3,
    },
}

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'parley.sqlite3'}")}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    DATABASE["OPTIONS"] = {**SQLITE_OPTIONS, **DATABASE.get("OPTIONS", {})}
    DATABASE["TEST"] = {"NAME": env.str("TEST_SQLITE", default=str(DATA_DIR / "test.sqlite3"))}
else:
    DATABASE["OPTIONS"] = {**POSTGRESQL_OPTIONS, **DATABASE.get("OPTIONS", {})}
DATABASE["CONN_MAX_AGE"] = 0
DATABASE["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: hints between workers, counters of limits ----------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
CHANNEL_PREFIX = env.str("PARLEY_CHANNEL_PREFIX", default="parley")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [{"address": REDIS_URL, "socket_timeout": 15, "socket_connect_timeout": 2}],
                "prefix": CHANNEL_PREFIX,
            },
        },
    }
    CACHES = {
        "default": {
            "BACKEND": "config.cache.SharedCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": CHANNEL_PREFIX,
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        },
    }
else:
    CHANNEL_LAYERS = {}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- People ----------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "chat.services.passwords.PasswordLimit",
    "chat.services.backends.PersonBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

# --- The way here ----------------------------------------------------------------------------------------------------
TRUSTED_PROXIES = env.list("PARLEY_TRUSTED_PROXIES", default=[])
TLS = env.bool("PARLEY_TLS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = TLS
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if TLS else 0
# Whether the names below this one have TLS too, and whether browsers learn so beforehand, the domain's owner decides.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# --- Mail: none while EMAIL_URL is empty ------------------------------------------------------------------------------
_mail = mail_settings(env.str("EMAIL_URL", default=""))
globals().update(_mail)
HAS_MAIL = bool(_mail)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="parley@localhost")

# --- django-allauth: forms of accounts, second factor, single sign-on ------------------------------------------------
ACCOUNT_ADAPTER = "chat.web.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_FORMS = {
    "login": "chat.web.account_forms.SignInForm",
    "signup": "chat.web.account_forms.SignUpForm",
    "reset_password": "chat.web.account_forms.ResetForm",
    "reset_password_from_key": "chat.web.account_forms.NewPasswordForm",
    "change_password": "chat.web.account_forms.ChangePasswordForm",
    "set_password": "chat.web.account_forms.SetPasswordForm",
    "reauthenticate": "chat.web.account_forms.ReauthenticateForm",
    "add_email": "chat.web.account_forms.EmailForm",
}
ACCOUNT_RATE_LIMITS = False  # the chat has limits of its own, which nobody can use to lock another out
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "optional" if HAS_MAIL else "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Parley] "
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if TLS else "http"
MFA_ADAPTER = "chat.web.adapters.TwoFactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Parley"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "chat.web.account_forms.CodeForm",
    "reauthenticate": "chat.web.account_forms.ReauthenticateCodeForm",
    "activate_totp": "chat.web.account_forms.ActivateTOTPForm",
}
SOCIALACCOUNT_ADAPTER = "chat.web.adapters.SsoAdapter"
SOCIALACCOUNT_PROVIDERS = sso.providers(
    url=env.str("PARLEY_SSO_URL", default=""),
    name=env.str("PARLEY_SSO_NAME", default="Single sign-on"),
    client_id=env.str("PARLEY_SSO_CLIENT_ID", default=""),
    secret=env.str("PARLEY_SSO_CLIENT_SECRET", default=""),
)

# --- What pages may do -----------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *sso.origins(SOCIALACCOUNT_PROVIDERS)],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# --- What people upload ----------------------------------------------------------------------------------------------
UPLOADS = DATA_DIR / "uploads"

# --- The heads of the audit log, signed, outside the database -------------------------------------------------------
AUDIT_HEADS = DATA_DIR / "audit_heads.log"

# --- Static files and texts ------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
SERVESTATIC_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "chat.web.static_files.VersionedStorage"},
}
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

# --- Log lines --------------------------------------------------------------------------------------------------------
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logs.configure(
    style="json" if env.str("PARLEY_LOG_FORMAT", default="pretty") == "json" else "pretty",
    level=env.str("PARLEY_LOG_LEVEL", default="INFO").upper(),
)

faults.report(env.str("SENTRY_DSN", default=""))

# --- REST ------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "chat.api.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["chat.api.auth.SignedInWithScope"],
    "DEFAULT_PARSER_CLASSES": ["chat.api.body.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["chat.api.body.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "chat.api.body.OneFormat",
    "DEFAULT_SCHEMA_CLASS": "chat.api.schema.OperationSchema",
    "EXCEPTION_HANDLER": "chat.api.errors.answer",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Parley",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "POSTPROCESSING_HOOKS": ["chat.api.polling.add_events"],
}

# --- The chat's own limits: chat/conf.py names and explains each, the variable PARLEY_<name> sets it ------------------
PARLEY = {limit.name: env(f"PARLEY_{limit.name}", cast=limit.type, default=limit.default) for limit in fields(Conf)}
