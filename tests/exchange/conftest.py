"""One bureau for all files that are only looked at; it is rolled back at the end of each module."""

import pytest
from django.db import transaction

from tests.bureau_fixture import make_bureau


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker):
    """A bureau that no test of the module changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_bureau()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def files_here(settings, tmp_path):
    """Uploads lie in the test's own folder."""
    settings.MEDIA_ROOT = tmp_path
