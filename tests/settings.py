"""
The product's settings as a test run and the type checker use them: production without TLS, and quick.

`DATABASE_URL` chooses the database here too.
"""

import os

os.environ.setdefault("SECRET_KEY", "only-tests-are-signed-with-this-key")
os.environ.setdefault("HTTPS", "0")

from archreview.settings import *

# Files as they lie in static/: no collectstatic before a test, and no walk over them for each client.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

# A slow hash is what a password needs and a test does not.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
