"""The demo bureau as the tests of this folder read it."""

import shutil

import pytest
from django.db import connections
from django.test import override_settings

from jiheng.bureau.models import Zone


@pytest.fixture(scope="module")
def zone(demo_folder, tmp_path_factory, django_db_setup, django_db_blocker):
    """The whole demo as it was built for the browser, in a copy that stands in for the tests' database."""
    copy = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    shutil.copy(demo_folder / "jiheng.sqlite3", copy)
    usual, there = connections["default"], connections.create_connection("default")
    there.settings_dict = usual.settings_dict | {"NAME": str(copy)}
    connections["default"] = there
    try:
        with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=demo_folder / "files"):
            yield Zone.objects.get()
    finally:
        there.close()
        connections["default"] = usual
