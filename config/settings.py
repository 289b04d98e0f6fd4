"""One settings file; everything that varies comes from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.templatetags.static import static

from apps.backoffice import theme
from apps.kernel.crypto.keks import parse_keks
from apps.kernel.limits.rates import named_rates
from apps.kernel.logs import configure_logging
from config import env

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.flag("AGORA_DEBUG", default=False)
ALLOWED_HOSTS = env.listing("AGORA_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
AGORA_BASE_URL = env.text("AGORA_BASE_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = env.listing("AGORA_TRUSTED_ORIGINS")

# Without a key of its own a process may run checks and make migrations, and nothing else: see kernel.E001.
UNSAFE_KEY = "not-a-secret-set-AGORA_SECRET_KEY-before-serving-anything-to-anybody"
SECRET_KEY = env.secret("AGORA_SECRET_KEY", UNSAFE_KEY)
AGORA_PEPPER = env.secret("AGORA_PEPPER", SECRET_KEY).encode()
AGORA_KEKS = parse_keks(env.secret("AGORA_KEK", ""))
AGORA_BCRYPT_COST = env.integer("AGORA_BCRYPT_COST", 12, least=10)

INSTALLED_APPS = [
    "apps.kernel",
    "apps.auth",
    "apps.directory",
    "apps.audit_logs",
    "apps.events",
    "apps.progress",
    "apps.notifications",
    "apps.translations",
    "apps.dictionaries",
    "apps.search",
    "apps.attachments",
    "apps.entities",
    "apps.currencies",
    "apps.dashboards",
    "apps.webhooks",
    "apps.customers",
    "apps.sales",
    "apps.catalog",
    "apps.backoffice",
    "unfold.apps.BasicAppConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "guardian",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
# What extension authors read: it extends currencies in every way there is, and is installed on demand.
if env.flag("AGORA_EXAMPLE", default=False):
    INSTALLED_APPS.insert(INSTALLED_APPS.index("apps.backoffice"), "apps.example")

MIDDLEWARE = [
    "apps.kernel.web.headers.HeadersMiddleware",
    "apps.kernel.web.health.HealthMiddleware",
    "apps.kernel.web.metrics.exposition.MetricsMiddleware",
    "apps.kernel.web.requests.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "apps.kernel.translating.middleware.ReadingLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "apps.kernel.limits.middleware.LimitMiddleware",
    "apps.kernel.tenancy.middleware.ScopeMiddleware",
    "apps.kernel.web.middleware.RefusalMiddleware",
    "apps.auth.middleware.StaffAuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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

# Three roles: `default` is the unprivileged one that everything runs as; `owner` owns the tables and only
# migrates; the provisioner (AGORA's superuser) is used by provision_db alone and stands in no setting here.
_NOWHERE = "postgresql://agora_app@localhost/agora"
DATABASE_URL = env.secret("DATABASE_URL", _NOWHERE)
# LISTEN needs a session of its own, which PgBouncer in transaction mode does not give.
DATABASE_DIRECT_URL = env.secret("DATABASE_DIRECT_URL", "")
DATABASE_OWNER_URL = env.secret("DATABASE_OWNER_URL", DATABASE_URL.replace("agora_app", "agora_owner", 1))
DATABASE_ADMIN_URL = env.secret("DATABASE_ADMIN_URL", DATABASE_URL.replace("agora_app", "agora_provisioner", 1))
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database(DATABASE_URL),
    "owner": {**env.database(DATABASE_OWNER_URL, application_name="agora-owner"), "CONN_MAX_AGE": 0},
}
DATABASE_ROUTERS = ["apps.kernel.tenancy.routers.OwnerMigrates"]
ATOMIC_REQUESTS = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.secret("REDIS_URL", "memory://")
BROKER_KEY_PREFIX = env.text("AGORA_BROKER_PREFIX", "agora:")
# Beside `work`, for kinds of work that must not wait for each other: committed events, their deliveries, webhooks.
WORK_QUEUES: list[str] = ["relay", "events", "webhooks"]
# The live stream: docs/how-to/live-stream.md. Switched off, pages do not open it.
LIVE_STREAM = env.flag("AGORA_LIVE_STREAM", default=True)
STREAM_WAKER = env.choice("AGORA_STREAM_WAKER", ("postgres", "redis"))
STREAM_HEARTBEAT = env.seconds("AGORA_STREAM_HEARTBEAT", 20)
STREAMS_MOST = env.integer("AGORA_STREAMS", 500, least=1)  # of one process
STREAMS_OF_ONE = env.integer("AGORA_STREAMS_OF_ONE", 10, least=1)  # of one user or key, in one process
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
        if REDIS_URL.startswith("memory")
        else {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    ),
}

AUTH_USER_MODEL = "staff_auth.User"
AUTHENTICATION_BACKENDS = ["apps.auth.backends.StaffBackend"]
# Grants on single records: guardian's models with a tenant, written by commands and read by `visible()` only. Its own
# tables would stand outside the walls, so they are not made, and its back end answers a question that nobody asks.
GUARDIAN_USER_OBJ_PERMS_MODEL = "staff_auth.UserGrant"
GUARDIAN_GROUP_OBJ_PERMS_MODEL = "staff_auth.RoleGrant"
GUARDIAN_MONKEY_PATCH_USER = GUARDIAN_MONKEY_PATCH_GROUP = False
ANONYMOUS_USER_NAME = None
MIGRATION_MODULES = {"guardian": None}
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
SESSION_ENGINE = "apps.auth.sessions"
SESSION_COOKIE_NAME = "agora_session"
SESSION_COOKIE_AGE = env.integer("AGORA_SESSION_HOURS", 8, least=1) * 60 * 60
AGORA_REMEMBER_DAYS = env.integer("AGORA_REMEMBER_DAYS", 30, least=1)  # a session that was asked to last
AGORA_ACCESS_MINUTES = env.integer("AGORA_ACCESS_MINUTES", 15, least=1)  # an access token; the session may end sooner
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "agora_csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
CSRF_FAILURE_VIEW = "apps.kernel.web.errors.form_expired"
PASSWORD_HASHERS = ["apps.kernel.crypto.passwords.CostedBCryptSHA256PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# How many proxies of ours stand before the web processes: as many of X-Forwarded-For's last entries are believed.
AGORA_PROXY_DEPTH = env.integer("AGORA_PROXY_DEPTH", 0, least=0)
# Limit -> "count/seconds" or "off", where it differs from what is declared: docs/how-to/limits.md has the names.
RATE_LIMITS = named_rates(env.listing("AGORA_RATE_LIMITS"))

# Behind TLS in production; the embedded demo speaks plain HTTP on loopback and switches these off.
BEHIND_TLS = env.flag("AGORA_TLS", default=True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_TLS
if env.flag("AGORA_PROXY_TLS_HEADER", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # 500 variants of a product are edited in one form

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("pl", "polski"), ("de", "Deutsch"), ("es", "español")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # who has chosen a language once has chosen it
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "var" / "static"
# Exports, downloads and attachments: on this machine, or wherever AGORA_STORAGE_URL says (docs/how-to/files.md).
_STORAGE = env.storage(env.secret("AGORA_STORAGE_URL", "file://"), folder=BASE_DIR / "var" / "media")
STORAGES = {
    "default": {"BACKEND": _STORAGE.backend, "OPTIONS": dict(_STORAGE.options)},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = _STORAGE.folder
ATTACHMENTS_REDIRECT = _STORAGE.redirects
ATTACHMENTS_LARGEST = 25 * 1024 * 1024
ATTACHMENTS_QUOTA = env.integer("AGORA_FILES_QUOTA_MB", 512, least=0) * 1024 * 1024  # of a tenant without its own
ATTACHMENTS_KEPT_DAYS = env.integer("AGORA_FILES_KEPT_DAYS", 30, least=1)  # content of deleted files
ATTACHMENTS_LINK_SECONDS = env.integer("AGORA_FILES_LINK_SECONDS", 300, least=10)
ATTACHMENTS_SCANNER = env.scanner(env.text("AGORA_SCANNER_URL", ""))
WHITENOISE_USE_FINDERS = True

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.kernel.api.authentication.ScopeAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["apps.kernel.api.permissions.FeatureGuard"],
    "DEFAULT_RENDERER_CLASSES": ["apps.kernel.api.renderers.FastJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.kernel.api.parsers.StrictJSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "apps.kernel.api.negotiation.HouseNegotiation",
    "DEFAULT_THROTTLE_CLASSES": ["apps.kernel.limits.actors.ActorLimit"],
    "DEFAULT_SCHEMA_CLASS": "apps.kernel.api.schema.operations.HouseSchema",
    "EXCEPTION_HANDLER": "apps.kernel.api.errors.problem_response",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
}

# The REST interface's own description, at /api/schema/ and /api/docs/: for staff and keys, or for everybody.
API_DOCS_PUBLIC = env.flag("AGORA_API_DOCS_PUBLIC", default=False)

# What operators look at: docs/how-to/monitor.md.
AGORA_VERSION = env.text("AGORA_VERSION", "0.1.0")
AGORA_METRICS_TOKEN = env.secret("AGORA_METRICS_TOKEN", "")
AGORA_WORKER_SILENCE = env.seconds("AGORA_WORKER_SILENCE", 60)
METRICS_FOLDER = env.text("PROMETHEUS_MULTIPROC_DIR", "")

# Without EMAIL_URL mails are written to files under var/mail: nobody gets one, and whoever tries Agora out reads them.
_MAIL = env.mail(env.secret("EMAIL_URL", "file://"), folder=BASE_DIR / "var" / "mail")
EMAIL_BACKEND, EMAIL_FILE_PATH = _MAIL.backend, _MAIL.folder
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.use_tls, _MAIL.use_ssl
EMAIL_TIMEOUT = env.integer("EMAIL_TIMEOUT", 10, least=1)  # seconds for each answer of the mail server
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.sender("MAIL_FROM", "Agora <agora@localhost>")
NOTIFICATIONS_KEPT_DAYS = env.integer("AGORA_NOTIFICATIONS_KEPT_DAYS", 180, least=1)  # how long people find them
CUSTOMERS_KEPT_DAYS = env.integer("AGORA_CUSTOMERS_KEPT_DAYS", 90, least=1)  # deleted people and companies
MAIL_KEPT_DAYS = env.integer("AGORA_MAIL_KEPT_DAYS", 90, least=1)  # how long texts of ended mails are kept
AGORA_EVENTS_KEPT_DAYS = env.integer("AGORA_EVENTS_KEPT_DAYS", 30, least=1)  # events whose deliveries have ended
WEBHOOKS_KEPT_DAYS = env.integer("AGORA_WEBHOOKS_KEPT_DAYS", 30, least=1)  # deliveries and incoming messages that ended
MAIL_FILES_SHOWN = env.flag("AGORA_SHOW_MAIL_FILES", default=DEBUG)  # to staff, with tokens: never in production

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Agora",
    "DESCRIPTION": "The REST interface of Agora. Lists, writes, errors and limits follow the same rules everywhere.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SCHEMA_PATH_PREFIX": "/api/",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_NO_READ_ONLY_REQUIRED": False,
    "PREPROCESSING_HOOKS": ["apps.kernel.api.schema.operations.only_api"],
    "POSTPROCESSING_HOOKS": ["apps.kernel.api.schema.operations.with_problem"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

CURRENCY_RATE_DAYS = env.integer("AGORA_CURRENCY_RATE_DAYS", 30, least=0)  # how old a rate may be for a conversion
OUTBOUND_ALLOW_PRIVATE = env.flag("OUTBOUND_ALLOW_PRIVATE", default=False)
CURRENCIES_ECB_URL = env.text("CURRENCIES_ECB_URL", "")  # another place with the bank's documents; "": the bank
CURRENCIES_NBP_URL = env.text("CURRENCIES_NBP_URL", "")
# Widgets, menu items, enrichers, interceptors and command guards by their ids: docs/how-to/extend.md.
EXTENSIONS_DISABLED = env.listing("EXTENSIONS_DISABLED")
EXTENSION_OVERRIDES = env.mapping("EXTENSION_OVERRIDES")
SERVICE_OVERRIDES = env.mapping("SERVICE_OVERRIDES")

LOGGING = configure_logging(level=env.text("AGORA_LOG_LEVEL", "INFO"))
LOGGING["filters"]["request"] = {"()": "apps.kernel.web.requests.RequestFilter"}
LOGGING["handlers"]["standard_error"]["filters"].append("request")
LOGGING["loggers"]["django.request"] = {"level": "ERROR"}  # every refusal has its line in the access log
LOGGING_CONFIG = "logging.config.dictConfig"

UNFOLD = {
    **theme.UNFOLD,
    "SCRIPTS": [*theme.UNFOLD["SCRIPTS"], lambda request: static("backoffice/expressions.js")],
}
