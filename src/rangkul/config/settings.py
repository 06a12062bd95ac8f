"""Settings: one file; every environment variable of the house is read here and nowhere else."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

REPOSITORY = Path(__file__).resolve().parents[3]


class SettingMissing(SystemExit):
    """A setting is missing or cannot be read; the start stops with a sentence that helps."""


def env_text(name: str, default: str) -> str:
    """Return the variable's text, or the default when it is unset or empty."""
    return os.environ.get(name) or default


def env_bool(name: str, *, default: bool) -> bool:
    """Read 1/0, true/false, yes/no."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "ya"}:
        return True
    if value in {"0", "false", "no", "tidak"}:
        return False
    raise SettingMissing(f"{name}={value!r}: tulis 1 atau 0.")


def env_int(name: str, default: int) -> int:
    """Read a whole number."""
    value = os.environ.get(name, "")
    try:
        return int(value) if value else default
    except ValueError:
        raise SettingMissing(f"{name}={value!r}: tulis bilangan bulat.") from None


def database(url: str) -> dict[str, Any]:
    """Turn ``sqlite:///path`` or ``postgres://user:pass@host/name?host=/socket`` into Django's settings."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = parts.path.removeprefix("/") if parts.path.startswith("//") is False else parts.path[1:]
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "CONN_MAX_AGE": None,
            # Tests with threads need a file: an in-memory database locks whole tables.
            "TEST": {"NAME": f"{path}.test"},
            "OPTIONS": {
                "timeout": 20,
                # Each of the eight threads has a cache of its own: 8 MB each, the rest is the system's.
                # WAL alone is a trap: read-then-write upgrades fail at once (house/toolchain.md §4).
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8000; PRAGMA secure_delete=ON;"
                ),
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        query: dict[str, Any] = dict(parse_qsl(parts.query))
        # Our questions are many, short and always the same: planning one costs ten times its answer. So they are prepared
        # after three times a connection, and never compiled (a pooler between must hold sessions, not transactions).
        query.setdefault("server_side_binding", True)
        query.setdefault("prepare_threshold", 3)
        query.setdefault("options", "-c jit=off")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.removeprefix("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.pop("host", parts.hostname or ""),
            "PORT": str(parts.port or query.pop("port", "")),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": query,
        }
    raise SettingMissing(f"RANGKUL_DATABASE_URL={url!r}: pakai sqlite:///jalur atau postgres://…")


HOME = Path(env_text("RANGKUL_HOME", str(REPOSITORY / "var"))).absolute()
CITY = env_text("RANGKUL_CITY", "id-3371-magelang")
CITIES = Path(env_text("RANGKUL_CITIES", str(REPOSITORY / "cities")))
DATABASES = {"default": database(env_text("RANGKUL_DATABASE_URL", f"sqlite:///{HOME / 'rangkul.sqlite3'}"))}

# An instance becomes a training instance by a mark in its database (directory.models.Instance), never by a setting.
DEBUG = False
TESTING = "pytest" in sys.modules
_SECRET_FILE = HOME / "keys" / "session.key"


def session_secret() -> str:
    """Read the session secret from ``RANGKUL_SECRET_KEY`` or from the file that ``rangkul init`` made.

    It signs cookies only; protected content never hangs on it (house/security.md E).
    """
    if secret := os.environ.get("RANGKUL_SECRET_KEY"):
        return secret
    if _SECRET_FILE.exists():
        return _SECRET_FILE.read_text(encoding="ascii").strip()
    return "not-yet-initialised-" + os.urandom(16).hex()


SECRET_KEY = session_secret()
ALLOWED_HOSTS = env_text("RANGKUL_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
# Where the public reaches this instance: printed on letters, under their QR code.
PUBLIC_ADDRESS = env_text("RANGKUL_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
HTTPS = env_bool("RANGKUL_HTTPS", default=False)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "rangkul.vault",
    "rangkul.audit",
    "rangkul.directory",
    "rangkul.deadlines",
    "rangkul.files",
    "rangkul.notices",
    "rangkul.signin",
    "rangkul.mandates",
    "rangkul.access",
    "rangkul.matching",
    "rangkul.people",
    "rangkul.reports",
    "rangkul.cases",
    "rangkul.referrals",
    "rangkul.services",
    "rangkul.stays",
    "rangkul.letters",
    "rangkul.trips",
    "rangkul.protocols",
    "rangkul.outside",
    "rangkul.inquiries",
    "rangkul.patterns",
    "rangkul.indicators",
    "rangkul.imports",
    "rangkul.meetings",
    "rangkul.rights",
    "rangkul.watching",
    "rangkul.exports",
    "rangkul.web",
    "rangkul.config.apps.HouseConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "rangkul.web.middleware.BoundedRequest",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rangkul.web.middleware.ActingMemberMiddleware",
    "rangkul.web.middleware.LanguageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "rangkul.web.middleware.FirstThingsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "rangkul.web.refusals.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "rangkul.config.urls"
WSGI_APPLICATION = "rangkul.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [REPOSITORY / "src/rangkul/web/templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "rangkul.web.jinja.environment",
            "context_processors": ["rangkul.web.context.page"],
        },
    },
]

AUTH_USER_MODEL = "directory.Member"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
# Long and not guessable; no forced rotation (house/security.md F.2: ASVS advises against it).
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "username"]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "rangkul.config.lockout.locked_out"
LOGIN_URL = "sign_in"

# allauth gives the second factor and the city's single sign-on; pages, guards and events are ours (decision 0005).
ACCOUNT_ADAPTER = "rangkul.signin.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "rangkul.signin.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Rangkul"
MFA_TOTP_TOLERANCE = 1  # a phone whose clock is half a minute off
SOCIALACCOUNT_ADAPTER = "rangkul.web.home.single_sign_on.CityAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
# A link, because our form-action lets no form end anywhere else; beginning a sign-in changes nothing.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
# RANGKUL_OIDC=https://client@idp.example.go.id/realms/kota (the secret in RANGKUL_OIDC_SECRET); without it no such door.
_OIDC = urlsplit(env_text("RANGKUL_OIDC", ""))
OIDC_NAME = env_text("RANGKUL_OIDC_NAME", "Akun kota")
OIDC_CLAIM = env_text("RANGKUL_OIDC_CLAIM", "preferred_username")
OIDC_ID = "kota"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": OIDC_ID,
                "name": OIDC_NAME,
                "client_id": unquote(_OIDC.username or ""),
                "secret": env_text("RANGKUL_OIDC_SECRET", ""),
                "settings": {
                    "server_url": _OIDC._replace(netloc=_OIDC.netloc.rpartition("@")[2]).geturl(),
                    "uid_field": "sub",
                },
            }
        ]
        if _OIDC.hostname
        else [],
    }
}

SESSION_ENGINE = "rangkul.web.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = 2 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "rangkul_sesi"
CSRF_COOKIE_NAME = "rangkul_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "rangkul.web.refusals.csrf_refused"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("RANGKUL_PROXY", default=False) else None
)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
    },
}

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [REPOSITORY / "src/rangkul/locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"

STATIC_URL = "/static/"
STATIC_ROOT = REPOSITORY / "build" / "static"
STATICFILES_DIRS = [
    REPOSITORY / "src/rangkul/web/static",
    ("vendor", REPOSITORY / "build" / "static-vendor"),
]
# Typst reads these faces and no others: a letter looks the same on every machine (decision 0010).
LETTER_FONTS = REPOSITORY / "build" / "letter-fonts"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
# After `rangkul init` pages name hashed, compressed files; before it (and in tests) files are found where they lie.
HASHED = (STATIC_ROOT / "staticfiles.json").exists() and not TESTING
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not HASHED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED or "init" in sys.argv
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 3600

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Public limits times this; only benches and proofs, which are hundreds of visitors behind one address, raise it.
PUBLIC_LIMIT_FACTOR = env_int("RANGKUL_PUBLIC_LIMIT_FACTOR", 1)
REQUEST_MAX_BYTES = 64 * 1024 * 1024
ATTACHMENT_MAX_BYTES = 15 * 1024 * 1024

FILES_ROOT = HOME / "files"
KEYS_ROOT = HOME / "keys"
# What answers taught (``rangkul match-train --answers``); where it is missing, the shipped model answers.
MATCHING_MODEL = HOME / "matching-model.json.gz"
ROOT_KEY = os.environ.get("RANGKUL_ROOT_KEY", "")
# unix:/path, http://127.0.0.1:port/, https://… or command:…; then neither file nor variable holds a root key (vault.service).
KEY_SERVICE = os.environ.get("RANGKUL_KEY_SERVICE", "")
# Where the ring of wrapped data keys is copied to: another disk than the backups (vault.ring).
RING = env_text("RANGKUL_RING", "")

# Breach packs are sealed under the words in this file (``rangkul rights open``); without it they are plain archives.
PACK_PASSPHRASE_FILE = env_text("RANGKUL_PACK_PASSPHRASE_FILE", "")

# Mail: RANGKUL_SMTP=smtp://user:password@host:587 (STARTTLS), smtps://… (TLS) or smtp+plain://… (a relay beside us).
# Without it notices stay in the app and e-mails wait in the queue.
_SMTP = urlsplit(env_text("RANGKUL_SMTP", ""))
EMAIL_HOST = _SMTP.hostname or ""
EMAIL_PORT = _SMTP.port or {"smtps": 465, "smtp": 587}.get(_SMTP.scheme, 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_SMTP.username or ""), unquote(_SMTP.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _SMTP.scheme == "smtps", _SMTP.scheme == "smtp"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env_text("RANGKUL_MAIL_FROM", "rangkul@localhost")
# Web Push goes to the services of browsers and nowhere else.
PUSH_SERVICES = env_text(
    "RANGKUL_PUSH_SERVICES",
    "fcm.googleapis.com,push.services.mozilla.com,notify.windows.com,push.apple.com",
).split(",")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # The request logger prints addresses: codes stand in them, so only faults are logged.
    "loggers": {"django.request": {"level": "ERROR"}, "axes": {"level": "ERROR"}},
}
