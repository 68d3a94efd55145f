"""Two people issue the same notices at the same moment: each goes out once, each number is given once (art. 17)."""

import json
import subprocess
import sys

import pytest

from tests.procedure.test_race import ROOT, race


def told(place, *arguments: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "tests.notice.racer", *arguments],
        env=place, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.mark.article(17)
def test_a_notice_goes_out_once_and_no_number_is_given_twice(place):
    count = 4
    asked = told(place, "prepare", str(count))
    pressing = ["press", "notice_budget.issue:budget", "notice_budget.issue:budget"]
    outcomes = [each for one in race(place, asked, pressing, pressing) for each in one]
    assert [each for each in outcomes if "error" in each] == []
    assert sorted(each["case"] for each in outcomes if "act" in each) == sorted(asked["notice_budget"])
    found = told(place, "stands")
    assert len(set(found["numbers"])) == count and all(found["numbers"])
    assert (found["rounds"], found["receipts"]) == (count, count * 5)
    assert found["requirements"] == ["carried"]
    assert found["faults"] == []
