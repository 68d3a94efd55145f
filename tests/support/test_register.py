"""The pages of the register of experts and institutions (art. 39): filled in, found, taken home, the bureau's own."""

import re

import pytest

from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.support.models import Party
from tests.rooms import words
from tests.support.engaged import register

pytestmark = pytest.mark.article(39)


@pytest.fixture
def expert(bureau):
    return register(bureau, "财务专家甲")


def test_the_register_is_filled_in_found_and_taken_home(bureau, as_person):
    client = as_person(bureau.performance)
    given = {
        "kind": "institution", "name": "　第三方机构一 ", "fields_": ["教育", "财务会计"], "title": "会计师事务所执业证书",
        "lead": "主评人甲", "service_name": ["第二中学", ""], "service_first": ["２０２３", ""], "service_last": ["", ""],
    }  # fmt: skip
    answer = client.post("/support/parties/new/", given)
    made = Party.objects.get()
    assert answer.url == f"/case/{made.case_id}/"
    assert [(s.name, s.first_year, s.last_year) for s in made.services.all()] == [("第二中学", 2023, 2023)]
    assert (made.organization.name, made.field_list) == ("第三方机构一", ["教育", "财务会计"])
    edit = f"/support/parties/{made.case_id}/edit/"
    answer = client.post(
        edit, {**given, "name": "第三方机构甲", "service_first": ["23", ""], "revision": "1"}
    )
    assert answer.status_code == 422 and "起止年写不对" in words(answer)
    client.post(edit, {**given, "name": "第三方机构甲", "revision": "1"})
    assert (
        client.post(edit, {**given, "revision": "1"}).status_code == 422
    )  # somebody else's page, opened before
    made.refresh_from_db()
    assert made.organization.name == "第三方机构甲"
    door.perform("party.register", made.case, by=bureau.performance)
    with pytest.raises(door.Refusal):
        door.must_edit(Case.objects.get(pk=made.case_id), bureau.performance)
    register(bureau, "专家甲")

    def found(query: str) -> list[str]:
        page = as_person(bureau.budget).get(f"/support/parties/?{query}").content.decode()
        return re.findall(r'jh-row-link" href="[^"]*">([^<]+)</a>', page)

    assert found("") == ["第三方机构甲", "专家甲"]
    assert found("kind=expert") == ["专家甲"]
    assert found("field=财务会计") == ["第三方机构甲"]
    assert found("q=机构") == ["第三方机构甲"]
    assert found("state=barred") == []
    book = as_person(bureau.budget).get("/support/parties/?export=xlsx")
    assert b"".join(book.streaming_content)[:2] == b"PK"


@pytest.mark.parametrize("who", ["unit", "department"])
def test_the_register_is_the_bureau_s_own(bureau, expert, as_person, who):
    client = as_person(bureau.people[who])
    assert client.get("/support/parties/").status_code == 404
    assert client.get(expert.case.get_absolute_url()).status_code == 404
    assert "专家和机构库" not in words(client.get("/"))
