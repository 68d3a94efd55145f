def test_a_session_in_use_does_not_end_in_the_middle_of_work(as_person, bureau, settings):
    client = as_person(bureau.unit)
    begun = client.session["used"]
    client.get("/")
    assert client.session["used"] == begun
    session = client.session
    session["used"] = begun - settings.SESSION_COOKIE_AGE // 2 - 60
    session.save()
    client.get("/")
    assert client.session["used"] >= begun
