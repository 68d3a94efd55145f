"""``jiheng regulation load`` from the command line: exit codes and what is said where."""

import argparse

import pytest

from jiheng.regulation import command
from jiheng.regulation.models import Edition
from tests.bureau_fixture import make_bureau
from tests.regulation.test_loading import lines


@pytest.fixture
def call(tmp_path):
    def run(*words: str, made: list[str] | None = None) -> int:
        path = tmp_path / "规程.txt"
        if made is not None:
            path.write_text("\n".join(made))
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        return command.run(parser.parse_args(["load", str(path), *words]))

    return run


def test_load_then_load_again(bureau, call, capsys):
    assert call("--effective", "2021-03-05", made=lines()) == 0
    assert "已载入 43 条，2021-03-05 起生效（载入时给出）" in capsys.readouterr().out
    assert call() == 0
    assert "同一文件已经载入，没有改动" in capsys.readouterr().out
    assert Edition.objects.count() == 1


def test_the_day_can_be_corrected(bureau, call, capsys):
    call(made=lines())
    assert call("--correct-day", "--effective", "2020-09-01") == 0
    assert str(Edition.objects.get().effective) == "2020-09-01"
    assert call("--correct-day") == 2


def test_faults_go_to_standard_error_with_exit_1(bureau, call, capsys):
    assert call(made=lines(without=[7])) == 1
    said = capsys.readouterr()
    assert (said.out, "缺第7条" in said.err) == ("", True)


def test_a_file_that_is_not_there_is_exit_2(bureau, call, capsys):
    assert call() == 2
    assert "读不到这个文件" in capsys.readouterr().err


def test_with_two_zones_the_zone_must_be_named(bureau, call, capsys):
    make_bureau("410799")
    assert call(made=lines()) == 1
    assert "有多个区划，请用 --zone 给出其中一个：410781 平原示范区财政局、410799" in capsys.readouterr().err
    assert call("--zone", "410799") == 0
    assert Edition.objects.get().zone.code == "410799"
