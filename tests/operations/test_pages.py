"""Article 40: the general office sees how the system fares and what to do next; others read, departments don't."""

import datetime
from types import SimpleNamespace

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from jiheng.operations import backup, health, restore
from jiheng.operations.models import Run
from jiheng.operations.running import DEAD, Failed, State, begin, carry_out, noted, revive

pytestmark = pytest.mark.article(40)
OLD = datetime.timedelta(days=40)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.BACKUPS = tmp_path / "backups"
    return settings.BACKUPS


def signs(person) -> dict[str, health.Sign]:
    return {sign.label: sign for sign in health.signs(person)}


def test_without_a_backup_the_page_says_so_first_and_what_to_do(bureau, as_person):
    page = as_person(bureau.general).get("/operations/").content.decode()
    assert page.index("还没有做过备份") < page.index("正常的")
    assert "请做一次，并让系统每天自动做。" in page
    assert 'href="/operations/backups/"' in page


def test_an_old_backup_a_failed_one_and_one_never_tried_are_told_apart(bureau):
    old = begin(Run.Kind.BACKUP)
    Run.objects.filter(pk=old.pk).update(began_at=timezone.now() - OLD)
    carry_out(old, lambda run: "jiheng-1.zip")
    sign = signs(bureau.general)["备份"]
    assert (sign.light, "已超过 2 天" in sign.told) == (health.RED, True)
    noted(Run.Kind.BACKUP, "jiheng-2.zip")
    assert signs(bureau.general)["备份"].light == health.GREEN
    assert signs(bureau.general)["试恢复"].told == "还没有试过"
    noted(Run.Kind.BACKUP, "没有地方了", state=State.FAILED)
    assert "没有地方了" in signs(bureau.general)["备份"].told
    noted(Run.Kind.TRIAL, "清点无误")
    assert signs(bureau.general)["试恢复"].light == health.GREEN


def test_reminders_and_verification_are_watched_by_the_rooms_that_do_them(bureau):
    found = signs(bureau.general)
    assert {found[label].light for label in ("到期提醒", "办理记录", "规程全文", "执行数")} == {health.YELLOW}
    noted(Run.Kind.REMIND, "新提醒 3 件", zone=bureau.zone)
    noted(Run.Kind.VERIFY, "第 2 步的内容与哈希不符", zone=bureau.zone, state=State.FAILED)
    found = signs(bureau.general)
    assert found["到期提醒"].light == health.GREEN
    assert found["办理记录"].light == health.RED


def test_a_full_disk_is_told_and_no_backup_is_begun(bureau, folder, monkeypatch):
    monkeypatch.setattr(
        "shutil.disk_usage", lambda place: SimpleNamespace(total=10**12, used=10**12 - 5000, free=5000)
    )
    assert signs(bureau.general)["数据盘"].light == health.RED
    run = carry_out(begin(Run.Kind.BACKUP), lambda run: backup.carry_out(run, 3, lambda done, total: None))
    assert run.state == State.FAILED and "只剩 0 MB" in run.told and "JIHENG_BACKUPS" in run.told
    assert list(folder.iterdir()) == []


def test_only_the_newest_backups_stay(folder):
    for hour in range(5):
        (backup.folder() / f"jiheng-20260101-0{hour}0000.zip").write_bytes(b"")
    assert backup.thin_out(2) == 3
    assert [path.name for path in backup.listed()] == [
        "jiheng-20260101-040000.zip",
        "jiheng-20260101-030000.zip",
    ]


def test_two_backups_at_once_are_refused_and_a_dead_one_is_told(bureau, as_person):
    run = begin(Run.Kind.BACKUP, person=bureau.general)
    with pytest.raises(Failed, match="正在进行"):
        begin(Run.Kind.BACKUP)
    page = as_person(bureau.general).post("/operations/backups/", follow=True).content.decode()
    assert "备份正在进行" in page
    Run.objects.filter(pk=run.pk).update(touched_at=timezone.now() - DEAD * 2)
    run.refresh_from_db()
    revive(run)
    assert (run.state, "服务停了" in run.told) == (State.FAILED, True)
    assert begin(Run.Kind.BACKUP).state == State.RUNNING


def test_a_line_that_is_over_stays_and_a_run_taken_for_dead_adds_its_end(bureau):
    run = begin(Run.Kind.VERIFY, zone=bureau.zone)
    Run.objects.filter(pk=run.pk).update(touched_at=timezone.now() - DEAD * 2)
    revive(Run.objects.get(pk=run.pk))
    carry_out(run, lambda run: "都完整")
    assert list(Run.objects.values_list("state", "told").order_by("id")) == [
        (State.FAILED, "做到一半服务停了；请再做一次"),
        (State.DONE, "都完整"),
    ]
    for change in (lambda rows: rows.update(told="没有错"), lambda rows: rows._raw_delete("default")):
        with pytest.raises(DatabaseError, match="runs that are over are kept"), transaction.atomic():
            change(Run.objects.filter(state=State.FAILED))
    assert Run.objects.count() == 2


def test_sign_ins_are_kept(bureau):
    AccessLog.objects.create(username=bureau.general.username, ip_address="127.0.0.1")
    with pytest.raises(DatabaseError, match="sign-ins are kept"), transaction.atomic():
        AccessLog.objects.all()._raw_delete("default")
    assert AccessLog.objects.exists()


def test_what_breaks_on_the_way_ends_the_run_with_the_kind_of_fault(bureau):
    run = begin(Run.Kind.VERIFY, zone=bureau.zone)

    def broken(run):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        carry_out(run, broken)
    run.refresh_from_db()
    assert (run.state, run.told) == (State.FAILED, "出了意外（ZeroDivisionError），详情在服务的日志里")


def test_offices_read_the_general_office_acts_and_departments_are_told_why_not(bureau, as_person):
    for path in ("/operations/", "/operations/backups/", "/operations/runs/"):
        assert as_person(bureau.budget).get(path).status_code == 200
        answer = as_person(bureau.department).get(path)
        assert answer.status_code == 403 and "第40条" in answer.content.decode()
    for path in ("/operations/backups/", "/operations/backups/x.zip/trial/", "/procedure/verify/"):
        answer = as_person(bureau.budget).post(path)
        assert answer.status_code == 403 and "请联系" in answer.content.decode()
    assert as_person(bureau.budget).get("/operations/sign-ins/").status_code == 403
    assert not Run.objects.exists()


def test_a_trial_of_a_backup_that_is_not_there_names_it(bureau, as_person):
    page = as_person(bureau.general).post("/operations/backups/..%2Fsecret-key/trial/", follow=True)
    assert page.status_code == 404
    page = as_person(bureau.general).post("/operations/backups/jiheng-9.zip/trial/", follow=True)
    assert "没有 jiheng-9.zip 这份备份" in page.content.decode()


def test_an_account_that_waits_is_seen_and_let_in_again(bureau, as_person):
    AccessAttempt.objects.create(
        username=bureau.unit.username,
        ip_address="127.0.0.1",
        failures_since_start=settings.AXES_FAILURE_LIMIT,
    )
    assert bureau.unit.username in signs(bureau.general)["暂停登录"].told
    assert signs(bureau.general)["暂停登录"].light == health.YELLOW
    page = as_person(bureau.general).post(f"/operations/unlock/{bureau.unit.pk}/", follow=True)
    assert f"{bureau.unit.name}现在可以登录" in page.content.decode()
    assert not AccessAttempt.objects.exists()
    assert Run.objects.get(kind=Run.Kind.UNLOCK).by == bureau.general.name


def test_the_log_is_filtered_and_taken_along_as_excel(bureau, as_person):
    noted(Run.Kind.BACKUP, "=1+1")
    noted(Run.Kind.REMIND, "新提醒 3 件", zone=bureau.zone)
    page = as_person(bureau.general).get("/operations/runs/?kind=remind").content.decode()
    assert "新提醒 3 件" in page and "=1+1" not in page
    book = as_person(bureau.general).get("/operations/runs/?export=xlsx")
    assert book["Content-Type"].endswith("sheet")


def test_a_backup_that_leads_out_of_the_folder_is_not_unpacked(bureau, tmp_path):
    files = {"../../out": [0, ""]}
    found = SimpleNamespace(
        files=files, engine="sqlite", unpack=lambda name, target: target.write_text("out")
    )
    with pytest.raises(Failed, match="不是数据目录里的位置"):
        restore.put_back(found, timezone.now())
