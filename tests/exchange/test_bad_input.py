"""Files with one fault each: every importer tells sheet, cell, field, what is wrong and what to do, and writes nothing."""

import pytest

from jiheng.bureau.models import Change, Organization
from jiheng.exchange import running
from jiheng.exchange.procedure import KINDS
from jiheng.indicator.models import LibraryIndicator
from jiheng.paper.container import Unreadable
from jiheng.project.models import Project
from tests.exchange import books
from tests.exchange.books import bomb, far_away, hide, indicators, locked, merge, projects, units, with_macro

pytestmark = pytest.mark.django_db
CODE = "41078126T000000000901"

# What no importer can open, whatever it holds: the file's fault and the words for it.
UNREADABLE = {
    "empty": (lambda book: b"", "a.xlsx", "文件是空的"),
    "a picture": (lambda book: b"\x89PNG\r\n" + b"x" * 50, "a.xlsx", "文件不是 Excel 工作簿（xlsx、xlsm、xls）"),
    "a web page called xls": (lambda book: b"<html><table></table></html>", "a.xls", "文件其实是网页"),
    "a web page called csv": (lambda book: b"<html><table></table></html>", "a.csv", "文件其实是网页，不是 CSV"),
    "encrypted": (lambda book: locked(), "a.xlsx", "文件加了打开密码，请去掉密码后再传"),
    "zip bomb": (lambda book: bomb(book.xlsx()), "a.xlsx", "解压后大得不合理，不收（疑似压缩炸弹）"),
    "macro": (lambda book: with_macro(book.xlsx()), "a.xlsx", "文件含宏，不收；请另存为不含宏的 xlsx 再传"),
    "cut short": (lambda book: book.xlsx()[:-2000], "a.xlsx", "文件损坏或没有传完，打不开"),
    "a cell in the last corner": (lambda book: far_away(book.xlsx()), "a.xlsx", "表的范围大得不合理"),
    "UTF-16": (lambda book: book.csv("utf-16"), "a.csv", "CSV 的编码是 UTF-16 或不是文字，请用 Excel 另存为“CSV UTF-8”"),
    "no known encoding": (lambda book: book.csv() + b"\xff\xff\xfe", "a.csv", "既不是 UTF-8 也不是 GB18030"),
    "another encoding": (lambda book: book.csv("utf-8").decode().encode("utf-8").decode("latin-1").encode("utf-8"), "a.csv",
                         "没有找到标题行"),
    "no heading": (lambda book: books.Book(["一", "二"], [["三", "四"]]).xlsx(), "a.xlsx", "没有找到标题行：前 20 行里要有"),
}  # fmt: skip
MAKERS = {"projects": projects, "units": units, "indicators": indicators}


def giver(place, kind: str, role: str = ""):
    people = {
        "projects": place.people[role or "general"],
        "units": place.general,
        "indicators": place.performance,
    }
    return running.must(KINDS[kind], people[kind])


def examine(place, kind: str, data: bytes, name: str = "a.xlsx", role: str = ""):
    return KINDS[kind].examine(data, name, giver(place, kind, role), lambda done, rows: None)


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Project, Organization, LibraryIndicator, Change))


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("fault", UNREADABLE)
def test_what_can_not_be_opened_says_why(place, kind, fault):
    spoil, name, words = UNREADABLE[fault]
    before = rows()
    with pytest.raises(Unreadable) as refused:
        examine(place, kind, spoil(MAKERS[kind]()), name)
    assert words in str(refused.value)
    assert rows() == before


def sheet_twice(book):
    book.copy_worksheet(book.worksheets[0]).title = "又一张"


PROJECTS = {
    "a column is missing": (projects().rename("项目名称", "事项"), "第 1 行", "缺少“项目名称”列", "补上这一列再传"),
    "two columns of one name": (projects().rename("领域", "项目名称2"), "第 1 行",
                                "有 2 列都像“项目名称”：项目名称、项目名称2", "只留一列"),
    "no unit of money": (projects().rename("项目总额", "项目总额"), "J1", "列“项目总额”没有写金额单位", "（万元）或（元）"),
    "code too short": (projects().set(0, "项目代码", "41078126T0001"), "A2",
                       "项目代码“41078126T0001”有 13 位，应为 21 位", "代码 21 位"),
    "code of another zone": (projects().set(0, "项目代码", "51092326T000000000901"), "A2",
                             "第 1–6 位是区划“510923”，不是本区划“410781”", "别的区划"),
    "code of no category": (projects().set(0, "项目代码", "41078126X000000000901"), "A2", "第 9 位“X”不是 R、Y、T 之一", ""),
    "code later than the project": (projects().set(0, "项目代码", "41078128T000000000901"), "A2",
                                    "第 7–8 位是 2028 年，晚于起始年度 2026", "核对项目代码或起始年度"),
    "code in scientific notation": (projects().set(0, "项目代码", "4.10781E+20"), "A2", "被 Excel 改成了科学计数法", "文本格式"),
    "code as a number": (projects().set(0, "项目代码", 410781260000000000901), "A2", "是数字格式，后几位已被 Excel 改成 0",
                         "文本格式"),
    "code twice": (projects().set(1, "项目代码", CODE), "A3", f"项目代码 {CODE} 与A2重复", "只留一行"),
    "no name": (projects().set(1, "项目名称", "  "), "B3", "项目名称空白", "填写项目名称"),
    "name too long": (projects().set(0, "项目名称", "长" * 201), "B2", "项目名称有 201 个字，最多 200 个字", "缩短"),
    "unknown unit": (projects().set(0, "单位编码", "999999"), "C2", "单位“999999”不是本区划的单位", "请综合科先增设"),
    "no unit": (projects().set(0, "单位编码", ""), "C2", "单位编码空白", "单位编码或全称"),
    "unknown kind": (projects().set(0, "类别", "工程"), "D2", "类别“工程”不在可选范围内", "填写项目、政策之一"),
    "unknown fund": (projects().set(0, "资金性质", "专项"), "E2", "资金性质“专项”不在可选范围内", "一般公共预算"),
    "unknown field": (projects().set(0, "领域", "教育"), "F2", "领域“教育”不是规程第9条的专门领域", "政府债务"),
    "unknown attribute": (projects().set(0, "项目属性", "一次性"), "G2", "项目属性“一次性”不在可选范围内", "新增、延续"),
    "date as a year": (projects().set(0, "起始年度", "2026-01-01"), "H2", "起始年度“2026-01-01”是日期，要的是年份", "四位年份"),
    "words as a year": (projects().set(0, "起始年度", "明年"), "H2", "起始年度“明年”不是四位年份", "如 2027"),
    "wrong year": (projects().set(1, "起始年度", 1026).set(1, "结束年度", 1026), "H3", "起始年度“1026”不在 2000–2099 之间", ""),
    "ends before it begins": (projects().set(1, "结束年度", 2024), "I3", "结束年度 2024 早于起始年度 2026", "核对两个年度"),
    "words as an amount": (projects().set(0, "项目总额", "约一百"), "J2", "项目总额（万元）“约一百”不是金额", "只写数字"),
    "negative amount": (projects().set(0, "项目总额", -100), "J2", "项目总额（万元）“-100”是负数", "不小于 0"),
    "nought": (projects().set(1, "项目总额", 0).set(1, "2026年", 0), "J3", "项目总额应大于 0", "填写项目总额"),
    "a mad amount": (projects().set(1, "项目总额", 10**13).set(1, "2026年", 10**13), "J3", "大得不可能", "单位"),
    "finer than a 分": (projects().set(1, "项目总额", "30.1234567").set(1, "2026年", "30.1234567"), "J3", "细到了分以下", ""),
    "sums that do not add up": (projects().set(0, "2027年", 59), "J2",
                                "分年度金额合计 990,000.00 元，与项目总额 1,000,000.00 元差 10,000.00 元", "改正"),
    "money outside the period": (projects().set(1, "2027年", 5).set(1, "项目总额", 35.5), "J3",
                                 "2027 年有金额，但项目周期是 2026–2026 年", "删去"),
    "several years, no amounts": (projects().set(0, "2026年", "").set(0, "2027年", ""), "J2",
                                  "项目周期 2 年，没有分年度金额", "按年度填写"),
    "hidden sheet": (projects().then(hide), "第 2 行起", "工作表“导入”是隐藏的，里面有数据", "取消隐藏"),
    "merged across columns": (projects().then(merge("C2:D2")), "C2:D2", "横向合并了，分不清是哪一列的", "取消合并"),
    "formula without a value": (projects().set(0, "项目总额", "=K2+L2"), "J2", "是公式，但没有算好的值（或公式出错）",
                                "选择性粘贴"),
    "the same sheet twice": (projects().then(sheet_twice), "A2", f"项目代码 {CODE} 与A2重复", "只留一行"),
    "headings alone": (books.Book(list(books.PROJECT_HEADS), []), "第 2 行", "标题行以下没有一行项目", "填写后再传"),
}  # fmt: skip

UNITS = {
    "a column is missing": (units().rename("名称", "说法"), "第 1 行", "缺少“名称”列", "补上这一列再传"),
    "two columns of one name": (units().rename("排序", "编码"), "第 1 行", "有 2 列都像“编码”：编码、编码", "只留一列"),
    "unknown kind": (units().set(0, "类别", "科室"), "A2", "类别“科室”不是部门或单位", "科室在组织与人员页维护（规程第40条）"),
    "no kind": (units().set(0, "类别", ""), "A2", "类别空白", "填写部门或单位"),
    "no code": (units().set(0, "编码", ""), "B2", "编码空白", "填写一体化系统的编码"),
    "code with signs": (units().set(2, "编码", "101-009"), "B4", "编码“101-009”里有数字字母以外的字符", "只写数字和字母"),
    "code too long": (units().set(2, "编码", "1" * 22), "B4", "有 22 位，最多 21 位", "核对编码"),
    "code twice": (units().set(2, "编码", "201001"), "B4", "编码“201001”与B3重复", "只留一行"),
    "no name": (units().set(1, "名称", ""), "C3", "名称空白", "填写名称"),
    "name too long": (units().set(1, "名称", "长" * 101), "C3", "名称有 101 个字，最多 100 个字", "缩短名称"),
    "name twice": (units().set(2, "名称", "水利局本级"), "C4", "名称“水利局本级”与C3重复", "只留一行"),
    "name of another": (units().set(2, "名称", "第一小学"), "C4", "名称“第一小学”已用于编码 101001 的单位", "换一个名称"),
    "code of an office": (units().set(0, "编码", "005"), "A2", "编码 005 已是科室“支出管理科”，不能由导入改类别", "核对编码和类别"),
    "no such parent": (units().set(2, "主管部门", "999"), "D4", "没有编码或名称为“999”的部门", "在本文件里加上这个部门"),
    "unit without a parent": (units().set(1, "主管部门", ""), "D3", "单位“水利局本级”没有主管部门", "填写主管部门"),
    "department with a parent": (units().set(0, "主管部门", "101"), "D2", "部门“水利局”不应有主管部门", "改为单位"),
    "charge of another office": (units().set(0, "归口科室", "国库科"), "E2",
                                 "归口科室“国库科”不是承担支出管理职责的科室", "填写支出管理科之一（规程第8条）"),
    "words as an order": (units().set(0, "排序", "最前"), "F2", "排序“最前”不是不小于 0 的整数", "填写整数或留空"),
    "negative order": (units().set(0, "排序", -1), "F2", "排序“-1”不是不小于 0 的整数", ""),
    "hidden sheet": (units().then(hide), "第 2 行起", "工作表“导入”是隐藏的，里面有数据", "取消隐藏"),
    "merged across columns": (units().then(merge("C3:D3")), "C3:D3", "横向合并了", "取消合并"),
    "formula without a value": (units().set(2, "名称", '="第"&"九"'), "C4", "是公式，但没有算好的值", "选择性粘贴"),
    "headings alone": (books.Book(list(books.UNIT_HEADS), []), "第 2 行", "标题行以下没有一行部门或单位", "填写后再传"),
}  # fmt: skip

INDICATORS = {
    "a column is missing": (indicators().rename("指标性质", "说法"), "第 1 行", "缺少“指标性质”列", "补上这一列再传"),
    "two columns of one name": (indicators().rename("行业", "指标名称"), "第 1 行", "有 2 列都像“指标名称”", "只留一列"),
    "no level 1": (indicators().set(0, "一级", ""), "B2", "一级指标空白", "填写一级指标"),
    "unknown level 1": (indicators().set(0, "一级", "投放指标"), "B2", "一级指标“投放指标”不在规范的名称里", "（规程第38条）"),
    "no level 2": (indicators().set(0, "二级", ""), "C2", "二级指标空白", "数量指标"),
    "level 2 of another level 1": (indicators().set(0, "二级", "社会效益指标"), "C2", "“产出指标”下没有二级指标“社会效益指标”", "时效指标"),
    "no name": (indicators().set(0, "指标名称", ""), "D2", "指标名称空白", "填写指标名称"),
    "name too long": (indicators().set(0, "指标名称", "长" * 201), "D2", "指标名称有 201 个字，最多 200 个字", "缩短指标名称"),
    "neither kind": (indicators().set(0, "指标性质", "半定量"), "E2", "指标性质“半定量”不是定量或定性", "填写定量或定性"),
    "no kind": (indicators().set(0, "指标性质", ""), "E2", "指标性质空白", "填写定量或定性"),
    "no unit": (indicators().set(0, "计量单位", ""), "F2", "定量指标没有计量单位", "如个、人、%"),
    "unit too long": (indicators().set(0, "计量单位", "个" * 21), "F2", "计量单位有 21 个字，最多 20 个字", "缩短计量单位"),
    "unknown direction": (indicators().set(0, "方向", "向上"), "G2", "方向“向上”认不出", "正向、反向或约束"),
    "no direction": (indicators().set(0, "方向", ""), "G2", "定量指标没有方向", "正向、反向或约束"),
    "words in numbers": (indicators().set(0, "参考值", "越多越好"), "H2", "定量指标的参考值“越多越好”不是数", "把性质改为定性"),
    "unknown field": (indicators().set(1, "领域", "教育"), "I3", "领域“教育”不是规程第9条的专门领域", "填在行业列"),
    "industry too long": (indicators().set(0, "行业", "行" * 41), "J2", "行业有 41 个字，最多 40 个字", "缩短行业"),
    "source too long": (indicators().set(0, "取值依据", "依" * 201), "K2", "取值依据有 201 个字，最多 200 个字", "缩短"),
    "code twice": (indicators().set(0, "指标编码", "K001"), "A3", "指标编码 K001 与D2重复", "只留一行"),
    "the same indicator twice": (indicators().set(2, "一级", "产出指标").set(2, "二级", "数量指标").set(2, "指标名称", "培训教师人数")
                                 .set(2, "计量单位", "人"), "D4", "指标“培训教师人数”与D2重复", "只留一行"),
    "the same sheet twice": (indicators().then(sheet_twice), "D2", "指标“培训教师人数”与D2重复", "只留一行"),
    "hidden sheet": (indicators().then(hide), "第 2 行起", "工作表“导入”是隐藏的，里面有数据", "取消隐藏"),
    "merged across columns": (indicators().then(merge("D2:E2")), "D2:E2", "横向合并了", "取消合并"),
    "formula without a value": (indicators().set(2, "参考值", "=100*3"), "H4", "是公式，但没有算好的值", "选择性粘贴"),
    "headings alone": (books.Book(list(books.INDICATOR_HEADS), []), "第 2 行", "标题行以下没有一行指标", "填写后再传"),
}  # fmt: skip
EVERY = [
    pytest.param(kind, *case, id=f"{kind}-{name}")
    for kind, cases in (("projects", PROJECTS), ("units", UNITS), ("indicators", INDICATORS))
    for name, case in cases.items()
]


@pytest.mark.parametrize(("kind", "book", "cell", "message", "remedy"), EVERY)
def test_one_fault_is_told_with_its_cell_its_words_and_what_to_do(place, kind, book, cell, message, remedy):
    before = rows()
    found = examine(place, kind, book.xlsx()).report.faults
    assert rows() == before
    told = [(fault.cell, fault.message, fault.remedy) for fault in found]
    assert any(cell == at and message in words and remedy in how for at, words, how in told), told


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("form", ["xlsx", "xls", "utf-8", "utf-8-sig", "gb18030"])
def test_the_good_file_has_no_fault_in_any_form(place, kind, form):
    book = MAKERS[kind]()
    data = {"xlsx": book.xlsx, "xls": book.xls}.get(form, lambda: book.csv(form))()
    plan = examine(place, kind, data, f"a.{form if form.startswith('xls') else 'csv'}")
    assert [str(fault) for fault in plan.report.faults] == []
    assert plan.counts == (len(book.rows), 0, 0)
