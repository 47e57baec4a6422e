"""The manifests and the systemd unit, held against Kubernetes' own models and against the program."""

import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from command import cli
from jobs.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
MANIFESTS: dict[str, dict[str, Any]] = {
    f"{each['kind']} {each['metadata']['name']}": each
    for file in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for each in yaml.safe_load_all(file.read_text(encoding="utf-8"))
}
PODS = {
    name: each["spec"]["template"]["spec"] for name, each in MANIFESTS.items() if each["kind"] in ("Deployment", "Job")
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_is_what_kubernetes_takes(name: str) -> None:
    # What the model does not know is lost on the way.
    assert _read(MANIFESTS[name]) == MANIFESTS[name]


@pytest.mark.parametrize(
    ("container", "fault"),
    [({"name": 1}, "Expected `str`"), ({"image": "x"}, "missing required field `name`")],
)
def test_a_wrong_type_and_a_missing_field_are_found(container: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        _read(_job(container))


def test_a_misspelt_field_is_found() -> None:
    misspelt = _job({"name": "x", "imagePullPolice": "Always"})

    assert _read(misspelt) != misspelt


@pytest.mark.parametrize("name", PODS)
def test_a_pod_runs_a_process_of_ours_and_may_do_nothing_else(name: str) -> None:
    (container,) = PODS[name]["containers"]

    assert cli.parser().parse_args(container["args"]).command == container["name"] == name.rpartition("-")[2]
    assert PODS[name]["securityContext"]["runAsNonRoot"] is True
    assert PODS[name]["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize("name", PODS)
def test_a_pod_gets_the_secrets_that_its_settings_name_and_no_other(name: str, tmp_path: Path) -> None:
    (container,) = PODS[name]["containers"]
    (mounted,) = [volume["secret"]["items"] for volume in PODS[name]["volumes"] if "secret" in volume]
    named = {each["name"]: each["value"] for each in container["env"]}
    files = {value.removeprefix("/run/secrets/novelfoundry/") for key, value in named.items() if key.endswith("_FILE")}

    assert files == {item["key"] for item in mounted}
    for file in files:
        (tmp_path / file).write_text({"redis_url": "redis://r", "jwt_secret": "x" * 32}.get(file, "postgres://p"))
    Settings.from_environment(
        {key: value.replace("/run/secrets/novelfoundry", str(tmp_path)) for key, value in named.items()}
    )


@pytest.mark.parametrize("name", ["worker", "scheduler"])
def test_a_probe_asks_after_its_own_process(name: str) -> None:
    (container,) = PODS[f"Deployment novelfoundry-{name}"]["containers"]
    program, *arguments = container["livenessProbe"]["exec"]["command"]

    assert program == "novelfoundry"
    assert cli.parser().parse_args(arguments).process == name


def test_what_selects_pods_selects_some() -> None:
    labels = {
        name: each["spec"]["template"]["metadata"]["labels"].items()
        for name, each in MANIFESTS.items()
        if "template" in each.get("spec", {})
    }
    for each in MANIFESTS.values():
        selector = each.get("spec", {}).get("selector", {})
        wanted = selector.get("matchLabels", selector).items() if selector else ()
        assert not wanted or any(wanted <= found for found in labels.values()), each["metadata"]["name"]


def test_what_is_scaled_exists_and_leaves_its_number_to_the_scaler() -> None:
    for scaler in (each for each in MANIFESTS.values() if each["kind"] == "HorizontalPodAutoscaler"):
        target = scaler["spec"]["scaleTargetRef"]
        assert "replicas" not in MANIFESTS[f"{target['kind']} {target['name']}"]["spec"]


def test_the_systemd_unit_is_one(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not on this machine")
    unit = (DEPLOY / "systemd" / "novelfoundry@.service").read_text(encoding="utf-8")
    (tmp_path / "novelfoundry@api.service").write_text(
        re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", unit, flags=re.MULTILINE), encoding="utf-8"
    )
    shutil.copytree(DEPLOY / "systemd" / "novelfoundry@api.service.d", tmp_path / "novelfoundry@api.service.d")

    ended = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "novelfoundry@api.service")],
        capture_output=True,
        text=True,
    )

    assert "novelfoundry@api" not in ended.stderr
    assert ended.returncode == 0, ended.stderr


def _job(container: dict[str, Any]) -> dict[str, Any]:
    spec = {"template": {"spec": {"containers": [container]}}}
    return {"apiVersion": "batch/v1", "kind": "Job", "spec": spec}


def _read(manifest: dict[str, Any]) -> Any:
    """The manifest as Kubernetes' model of it understands it. Raises ValueError where it does not."""
    group, _, version = manifest["apiVersion"].rpartition("/")
    module = importlib.import_module(f"lightkube.models.{group.partition('.')[0] or 'core'}_{version}")
    return getattr(module, manifest["kind"]).from_dict(manifest).to_dict()
