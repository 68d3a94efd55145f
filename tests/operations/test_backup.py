"""Article 40: a backup can be restored, what is no good is told and changes nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import apart, on_postgresql

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def said(tmp_path_factory, django_db_setup) -> dict:
    with apart(tmp_path_factory.mktemp("backup")) as place:
        return _said(place)


def _said(place: dict[str, str]) -> dict:
    environment = {**place, "DJANGO_SETTINGS_MODULE": "jiheng.settings", "JIHENG_DEMO": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.operations.backing_up"],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.article(40)
def test_what_was_changed_after_a_backup_is_gone_after_restoring_it(said):
    assert said["backup"][0] == 0 and "SHA-256" in said["backup"][1]
    assert said["changed"] == [2, 2]
    code, told = said["restore"]
    assert code == 0, told
    assert "逐表相符" in told and "1 个文件哈希相符" in told
    assert said["restored"] == [1, 1]
    assert said["file"] == [True, ""]
    assert said["verify"][0] == 0


def test_a_backup_holds_database_and_files_without_the_key_and_only_the_service_reads_it(said):
    assert [each for each in said["parts"][0] if not each.startswith("database.")] == [
        "files",
        "manifest.json",
    ]
    assert said["mode"] == [0o600, 0o700]


def test_a_backup_is_tried_in_another_place_and_the_log_tells_of_it(said):
    assert said["check"][0] == 0
    assert "另一" in said["check"][1]
    assert ["backup", "done"] in said["runs"][0] and ["restore", "done"] in said["runs"][0]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("while serving", "网站还在运行"),
        ("damaged database", "内容与清单不符"),
        ("damaged file", "内容与清单不符"),
        ("no backup", "不是绩衡的备份"),
        ("newer", "更新的版本"),
    ],
)
def test_what_can_t_be_restored_says_why_and_changes_nothing(said, case, words):
    code, told = said[case]
    assert code == 1
    assert words in told
    assert said["untouched"] == [2, 2]


@pytest.mark.skipif(not on_postgresql(), reason="only PostgreSQL has connections")
def test_restoring_waits_for_connections_that_go_and_not_for_those_that_stay(said):
    code, told = said["while connected"]
    assert code == 1
    assert "还有 1 个连接在用这个库" in told
    assert said["restore"][0] == 0, "the connection closed a second later"


def test_a_page_that_breaks_leaves_one_line_without_what_was_typed(said):
    assert said["fault"][0] == [["GET /case/…/：KeyError", "未登录", "failed"]]
