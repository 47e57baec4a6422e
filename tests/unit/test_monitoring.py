"""The alerts and the board, held against what the service says of itself and against the page for operators."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from command import cli
from server.metrics import Metrics

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
ALERTS: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for group in yaml.safe_load((PROMETHEUS / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
}
BOARD = json.loads((ROOT / "deploy" / "grafana" / "novelfoundry.json").read_text(encoding="utf-8"))
QUERIES = [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]
GUIDE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def promtool(*arguments: str) -> None:
    """Runs Prometheus' own checker, which Debian's package `prometheus` has."""
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not on this machine")
    ended = subprocess.run(["promtool", *arguments], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_each_alert_goes_off_when_it_should_and_not_before() -> None:
    tried = yaml.safe_load((PROMETHEUS / "alerts_test.yaml").read_text(encoding="utf-8"))["tests"]
    quiet = [case for case in tried if any(not test["exp_alerts"] for test in case["alert_rule_test"])]

    assert {case["name"] for case in tried} == {case["name"] for case in quiet} == ALERTS.keys()
    promtool("check", "rules", str(PROMETHEUS / "alerts.yaml"))
    promtool("test", "rules", str(PROMETHEUS / "alerts_test.yaml"))


def test_each_query_of_the_board_is_one(tmp_path: Path) -> None:
    rules = [
        {"record": f"board:{number}", "expr": query.replace("$__rate_interval", "5m")}
        for number, query in enumerate(QUERIES)
    ]
    file = tmp_path / "board.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "board", "rules": rules}]}), encoding="utf-8")

    promtool("check", "rules", str(file))


@pytest.mark.parametrize("query", [*(rule["expr"] for rule in ALERTS.values()), *QUERIES])
def test_a_query_asks_for_what_the_service_tells_by_labels_that_it_has(query: str) -> None:
    told = {family.name: family for family in Metrics().registry.collect()}
    labels = {f"novelfoundry_{name}": set(of) for name, of in _labels().items()}

    for name in re.findall(r"\b(?:novelfoundry|process)_\w+", query):
        family = re.sub(r"_(total|bucket|count|sum|info)$", "", name)
        assert {name, family} & told.keys(), name
    for name, given in re.findall(r"\b(novelfoundry_\w+)\{([^}]*)\}", query):
        family = re.sub(r"_(total|bucket|count|sum)$", "", name)
        assert set(re.findall(r"(\w+)=", given)) <= labels[family], name


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_what_is_wrong_and_where_to_read_what_to_do(name: str) -> None:
    file, _, anchor = ALERTS[name]["annotations"]["runbook_url"].partition("#")

    assert ALERTS[name]["annotations"]["summary"].endswith(".")
    assert ALERTS[name]["labels"]["severity"] in ("page", "ticket")
    assert file == "docs/operating.md"
    assert anchor in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in _titles()}


def test_each_command_of_the_guide_is_one() -> None:
    commands = re.findall(r"^novelfoundry (.+)$", GUIDE, re.MULTILINE)

    assert len(commands) >= 3
    for command in commands:
        cli.parser().parse_args(shlex.split(command))


def _titles() -> list[str]:
    return re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)


def _labels() -> dict[str, tuple[str, ...]]:
    metrics = Metrics()
    return {
        collector._name.removeprefix("novelfoundry_"): collector._labelnames
        for collector in vars(metrics).values()
        if hasattr(collector, "_labelnames")
    }
