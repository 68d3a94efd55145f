"""What tests of every room share: a bureau, a goal begun in it, and a client that signs in."""

import pytest

from tests.bureau_fixture import make_bureau, make_goal


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
