"""Article 9: which office leads in a special field is the bureau's own setting, and may be changed."""

import pytest

from jiheng.bureau import profile
from tests.rooms import words

pytestmark = pytest.mark.article(9)
FIELDS = ("政府性基金", "政府债务", "政府购买服务", "政府采购", "政府投资基金")


def test_everybody_reads_who_leads_in_each_field(as_person, bureau):
    said = words(as_person(bureau.unit).get("/bureau/profile/"))
    for field in FIELDS:
        assert f"{field}领域牵头" in said
    assert "第9条" in said and "规程第9条" in said


def test_another_office_may_lead_from_the_next_profile_on(bureau):
    text = profile.DEFAULT.read_text().replace(
        'government_debt = { value = "budget"', 'government_debt = { value = "assets"'
    )
    before = bureau.profile
    after = profile.load(bureau.zone, text)
    leads = [profile.values_of(each.pk)("fields", "government_debt") for each in (before, after)]
    assert leads == ["budget", "assets"]


@pytest.mark.parametrize("lead", ["unit", "department", "债务科", ""])
def test_only_an_office_of_the_bureau_leads(lead):
    text = profile.DEFAULT.read_text().replace(
        'government_debt = { value = "budget"', f'government_debt = {{ value = "{lead}"'
    )
    with pytest.raises(profile.ProfileError, match=r"\[fields\] government_debt（政府债务领域牵头）"):
        profile.read(text)
