# 绩衡 Jiheng. `make help` lists what can be asked for; the steps themselves are short scripts in tools/.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PIP := -m pip install --quiet --disable-pip-version-check
LOCKED := $(PIP) --require-hashes --only-binary :all: -r
ITSELF := $(PIP) --no-deps --no-build-isolation --editable .
PYTEST := .venv/bin/pytest -n 2

.PHONY: help run setup test test-sqlite test-postgres soak lint format lock bench screenshots clean

help: ## 列出全部目标
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## 安装、建库、装入演示数据并在 http://127.0.0.1:8000 启动；再次运行保留数据
	@mkdir -p var
	@.venv/bin/jiheng manage migrate --verbosity 0
	@.venv/bin/jiheng demo load --if-empty
	@.venv/bin/jiheng manage collectstatic --noinput --verbosity 0
	@.venv/bin/jiheng serve

setup: .venv/.run node_modules/.done ## 只安装（Python 与前端的锁定包），不启动

test: .venv/.test node_modules/.done ## 全部检查：代码规范，SQLite 与 PostgreSQL 上的测试（缺什么装什么）
	@tools/system.sh
	@tools/test.sh

test-sqlite: .venv/.test node_modules/.done ## 只在 SQLite 上测试；ARGS= 传给 pytest
	@env -u DATABASE_URL $(PYTEST) $(ARGS)

test-postgres: .venv/.test node_modules/.done ## 只在 PostgreSQL 上测试（自带临时库，用完即删）；ARGS= 传给 pytest
	@tools/postgres.sh $(PYTEST) $(ARGS)

soak: .venv/.test node_modules/.done ## 在 PostgreSQL 上再测平时只在 SQLite 上测的旅程、任意次序和流程图（约四分钟）
	@JIHENG_TEST_ALL=1 tools/postgres.sh $(PYTEST) tests/browser/test_one_projects_year.py tests/procedure/test_any_order.py tests/procedure/test_picture.py

lint: .venv/.test ## 检查写法、类型、各室的先后次序、不该提交的内容
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python tools/tracked.py

format: .venv/.test ## 按统一格式整理代码
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

lock: .venv/bin/python .venv-lock/.done ## 重写 requirements/*.txt 与 package-lock.json；UPGRADE=1 取新版本
	@tools/lock.sh

bench: .venv-bench/.done node_modules/.done ## 测量办理、导入、计分、佐证包、页面，与同类软件或上限比较（装在 .venv-bench）
	@tools/system.sh
	@tools/bench.sh

screenshots: .venv/.test node_modules/.done ## 走一遍浏览器测试，全部截图放在 var/screenshots/
	@tools/system.sh
	@JIHENG_SCREENSHOTS=var/screenshots $(PYTEST) -n 0 -m browser $(ARGS)

clean: ## 删去装上和生成的东西；var/ 里的数据不动
	rm -rf .venv .venv-bench .venv-lock node_modules build dist .pytest_cache .mypy_cache .ruff_cache \
		.hypothesis .import_linter_cache
	find src tests tools bench -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# What is installed is remembered by empty files, so that nothing is fetched twice.

.venv/bin/python .venv-bench/bin/python .venv-lock/bin/python:
	@python=$$(tools/python.sh) && "$$python" -m venv --clear $(@D:/bin=)

.venv/.run: .venv/bin/python requirements/run.txt pyproject.toml
	@echo "安装 Python 包……"
	@.venv/bin/python $(LOCKED) requirements/run.txt
	@.venv/bin/python $(ITSELF)
	@touch $@

.venv/.test: .venv/.run requirements/test.txt
	@echo "安装测试用的 Python 包……"
	@.venv/bin/python $(LOCKED) requirements/test.txt
	@touch $@

.venv-bench/.done: .venv-bench/bin/python requirements/bench.txt pyproject.toml
	@echo "安装测量用的 Python 包……"
	@.venv-bench/bin/python $(LOCKED) requirements/bench.txt
	@.venv-bench/bin/python $(ITSELF)
	@touch $@

.venv-lock/.done: .venv-lock/bin/python requirements/lock.txt
	@.venv-lock/bin/python $(LOCKED) requirements/lock.txt
	@touch $@

node_modules/.done: package.json package-lock.json .npmrc .venv/bin/python
	@echo "安装前端包……"
	@tools/npm.sh ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
