"""Reading one case after another: in the list's order, what is done left out, put off to the end, back to the place."""

import pytest

from jiheng.procedure.models import Case
from tests.bureau_fixture import GOAL_PATH, advance, make_goal
from tests.rooms import words

pytestmark = pytest.mark.article(3, 18)


@pytest.fixture
def four(bureau):
    """Four goals before the expenditure office, as the list shows them by name."""
    return [advance(bureau, make_goal(bureau), *GOAL_PATH.confirmed) for _ in range(4)]


def begin(client, **given):
    given = given or {"all": "1"}
    return client.post("/work/goal/read/?state=confirmed&sort=title", given)["Location"]


def case_in(address):
    return address.split("/case/")[1].split("/")[0]


def test_one_after_another_in_the_lists_order_until_all_are_done(as_person, bureau, four):
    client = as_person(bureau.expenditure)
    address, seen = begin(client), []
    for case in four:
        page = client.get(address)
        seen.append(case_in(address))
        query = address.split("?")[1]
        assert f"审阅第 {len(seen)} 件，共 4 件，已办 {len(seen) - 1} 件" in words(page)
        assert f"/work/goal/?state=confirmed&amp;sort=title#case-{case.pk}" in page.content.decode()
        address = client.post(f"/case/{case.pk}/do/review/?{query}", {"opinion": "同意"})["Location"]
    assert seen == [str(case.pk) for case in four]
    assert "都看完了" in words(client.get(address)) and "审核 4 件" in words(client.get(address))
    assert set(Case.objects.values_list("state", flat=True)) == {"reviewed"}


def test_next_and_before_go_through_the_list_and_later_comes_last(as_person, bureau, four):
    client = as_person(bureau.expenditure)
    first = begin(client)
    token = first.split("reading=")[1]
    page = client.get(first).content.decode()
    assert (
        f'id="jh-after" href="/case/{four[1].pk}/?reading={token}"' in page and 'id="jh-before"' not in page
    )
    address = client.post(f"/reading/{token}/later/{four[0].pk}/")["Location"]
    assert case_in(address) == str(four[1].pk)
    assert (
        f'id="jh-before" href="/case/{four[0].pk}/?reading={token}"' in client.get(address).content.decode()
    )
    for case in four[1:]:
        address = client.post(f"/case/{case.pk}/do/review/?reading={token}", {})["Location"]
    assert case_in(address) == str(four[0].pk) and "1 件以后再看" in words(client.get(address))
    end = words(client.get(f"/reading/{token}/"))
    assert "办理了 3 件" in end and "还有 1 件没有办" in end and four[0].title in end


def test_a_refusal_stays_on_the_case_and_a_return_goes_on(as_person, bureau, four):
    client = as_person(bureau.expenditure)
    token = begin(client).split("reading=")[1]
    refused = client.post(f"/case/{four[0].pk}/do/expenditure_return/?reading={token}", {"opinion": ""})
    assert refused.status_code == 422 and "审阅第 1 件" in words(refused)
    done = client.post(f"/case/{four[0].pk}/do/expenditure_return/?reading={token}", {"opinion": "改数量"})
    assert case_in(done["Location"]) == str(four[1].pk)
    assert "以前写过的理由" in words(client.get(done["Location"]))


def test_only_the_ticked_are_read(as_person, bureau, four):
    client = as_person(bureau.expenditure)
    address = begin(client, case=[str(four[2].pk), str(four[1].pk)])
    assert case_in(address) == str(four[1].pk) and "共 2 件" in words(client.get(address))


def test_a_reading_is_its_readers_alone(as_person, bureau, four):
    token = begin(as_person(bureau.expenditure)).split("reading=")[1]
    client = as_person(bureau.performance)
    assert client.get(f"/reading/{token}/").status_code == 404
    assert "审阅第" not in words(client.get(f"/case/{four[0].pk}/?reading={token}"))
    assert client.post(f"/reading/{token}/later/{four[0].pk}/").status_code == 404
