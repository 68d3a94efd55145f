"""The web process (gunicorn jiheng.wsgi)."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiheng.settings")
application = get_wsgi_application()

# What was loaded at the start stays, and is shared by the worker processes; looking it through again and again, as
# Python does by default after every 700 new objects, costs a selection of thousands of cases a tenth of its time.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
