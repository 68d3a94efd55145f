"""What tests of every room share: a bureau, a goal begun in it, and a client that signs in."""

import os

import pytest

from tests.bureau_fixture import make_bureau, make_goal

DATABASE = {"db", "transactional_db", "bureau", "zone", "server", "django_db_setup"}


def pytest_collection_modifyitems(config, items):
    """On PostgreSQL only what touches the database runs: the rest ran on SQLite a moment ago, the same to the letter."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return
    again = [
        item
        for item in items
        if item.get_closest_marker("django_db")
        or "tests/browser/" in item.nodeid
        or DATABASE & set(getattr(item, "fixturenames", ()))
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(again)])
    items[:] = again


@pytest.fixture
def bureau(db):
    return make_bureau()


@pytest.fixture
def goal_case(bureau):
    return make_goal(bureau)


@pytest.fixture
def as_person(client):
    """Signs somebody in and gives the client back: ``as_person(bureau.budget).get("/")``."""

    def sign_in(person):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
