"""What kubectl renders from deploy/kubernetes, and what must hold of it. Needs kubectl, but no cluster.

.venv-test/bin/pytest -n0 deploy/tests/test_kubernetes.py
"""

import base64
import re
import runpy
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from deploy.tests.stack import GUIDE
from tests.conftest import ROOT
from tests.pictures import FakeDetector
from turdify import __version__
from turdify.faces import Box, Face
from turdify.machine import Machine, plan
from turdify.photo import MAX_BYTES, MAX_PIXELS
from turdify.settings import Settings
from turdify.web import MAX_FIELDS_BYTES, create_app

KUBERNETES = ROOT / "deploy" / "kubernetes"
GUNICORN = runpy.run_path(str(ROOT / "gunicorn.conf.py"))

# The oldest with preStop's `sleep`, and the newest whose schemas there are.
VERSIONS = ["1.30", kubernetes_validate.latest_version()]

# What there is in Traefik's own definitions (traefik.io_middlewares.yaml) of the middlewares that we use.
MIDDLEWARES = {
    "buffering": {"maxRequestBodyBytes", "memRequestBodyBytes", "maxResponseBodyBytes", "memResponseBodyBytes"},
    "inFlightReq": {"amount", "sourceCriterion"},
    "rateLimit": {"average", "burst", "period", "sourceCriterion"},
}

# What phones make at their largest, but for a few.
PHONE_PIXELS = 50_000_000

Object = dict[str, Any]


def kustomize(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["kubectl", "kustomize", str(folder)], capture_output=True, text=True, check=False)  # noqa: S607


def rendered(folder: Path) -> list[Object]:
    done = kustomize(folder)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


@pytest.fixture(scope="module")
def kubernetes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """deploy/kubernetes as whoever cloned it finds it."""
    folder = tmp_path_factory.mktemp("deploy") / "kubernetes"
    shutil.copytree(KUBERNETES, folder, ignore=shutil.ignore_patterns("secret.env"))
    return folder


@pytest.fixture(scope="module")
def with_key(kubernetes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deploy") / "kubernetes"
    shutil.copytree(kubernetes, folder)
    (folder / "base" / "secret.env").write_text("TURDIFY_SECRET_KEY=tests\n")
    return folder


@pytest.fixture(scope="module", params=["base", "k3s", "tls"])
def objects(request: pytest.FixtureRequest, with_key: Path) -> list[Object]:
    return rendered(with_key / request.param)


@pytest.fixture(scope="module")
def k3s(with_key: Path) -> list[Object]:
    return rendered(with_key / "k3s")


def every(objects: list[Object], kind: str) -> dict[str, Object]:
    return {item["metadata"]["name"]: item for item in objects if item["kind"] == kind}


def only(objects: list[Object], kind: str) -> Object:
    (item,) = every(objects, kind).values()
    return item


def pod_of(objects: list[Object]) -> Object:
    pod: Object = only(objects, "Deployment")["spec"]["template"]
    return pod


def container_of(objects: list[Object]) -> Object:
    container: Object
    (container,) = pod_of(objects)["spec"]["containers"]
    return container


def seconds_until_it_fails(probe: Object) -> int:
    period: int = max(probe["periodSeconds"], probe["timeoutSeconds"])
    return period * int(probe["failureThreshold"])


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_as_kubernetes_defines_it(objects: list[Object], version: str) -> None:
    for item in objects:
        if item["apiVersion"] != "traefik.io/v1alpha1":
            kubernetes_validate.validate(item, version, strict=True)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_misspelt_field_would_be_found(objects: list[Object], version: str) -> None:
    deployment = only(objects, "Deployment")
    misspelt = deployment | {"spec": deployment["spec"] | {"replica": 2}}
    with pytest.raises(kubernetes_validate.ValidationError, match="replica"):
        kubernetes_validate.validate(misspelt, version, strict=True)


def test_every_middleware_is_as_traefik_defines_it(objects: list[Object]) -> None:
    middlewares = every(objects, "Middleware")
    assert len(middlewares) == len(MIDDLEWARES)
    for middleware in middlewares.values():
        assert middleware["apiVersion"] == "traefik.io/v1alpha1"
        ((kind, options),) = middleware["spec"].items()
        assert set(options) <= MIDDLEWARES[kind]
        if "sourceCriterion" in options:
            assert options["sourceCriterion"] == {"ipStrategy": {"depth": 0}}


def test_everything_is_in_the_namespace_and_that_lets_only_restricted_pods_in(objects: list[Object]) -> None:
    namespace = only(objects, "Namespace")["metadata"]
    assert namespace["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert namespace["labels"]["pod-security.kubernetes.io/enforce-version"] == f"v{VERSIONS[0]}"
    assert {item["metadata"]["namespace"] for item in objects if item["kind"] != "Namespace"} == {namespace["name"]}


def test_the_pod_can_do_nothing_but_serve(objects: list[Object]) -> None:
    pod, container = pod_of(objects)["spec"], container_of(objects)
    uid = re.search(r"^USER (\d+)\b", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert uid
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] == int(uid[1])
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["automountServiceAccountToken"] is False
    assert not {"initContainers", "hostNetwork", "hostPID", "hostIPC"} & set(pod)


def test_the_pods_have_an_identity_of_their_own_that_may_do_nothing(objects: list[Object]) -> None:
    account = only(objects, "ServiceAccount")
    assert pod_of(objects)["spec"]["serviceAccountName"] == account["metadata"]["name"]
    assert account["automountServiceAccountToken"] is False
    assert not [item for item in objects if item["kind"].endswith("RoleBinding")]


def test_all_that_can_be_written_to_is_a_little_memory(objects: list[Object]) -> None:
    pod, container = pod_of(objects)["spec"], container_of(objects)
    assert pod["volumes"] == [{"name": "memory", "emptyDir": {"medium": "Memory", "sizeLimit": "8Mi"}}]
    mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounted == {"/tmp", GUNICORN["worker_tmp_dir"]}


def test_only_traefik_gets_in_and_nothing_gets_out(objects: list[Object]) -> None:
    policy = only(objects, "NetworkPolicy")["spec"]
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}
    assert policy["egress"] == []
    rule, metrics = policy["ingress"]
    (source,) = rule["from"]
    assert source["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": "traefik"}
    assert list(source["namespaceSelector"]["matchLabels"]) == ["kubernetes.io/metadata.name"]
    web, counted = (port["containerPort"] for port in container_of(objects)["ports"])
    assert (rule["ports"], metrics["ports"]) == ([{"port": web}], [{"port": counted}])
    assert metrics["from"], "nobody else reads them"


def test_metrics_are_at_the_port_that_the_pod_names_and_no_service_leads_to(objects: list[Object]) -> None:
    environment = {variable["name"]: variable.get("value", "") for variable in container_of(objects)["env"]}
    _, port = container_of(objects)["ports"]
    assert environment["TURDIFY_METRICS_BIND"].endswith(f":{port['containerPort']}")
    assert port["name"] == "metrics"
    assert [port["targetPort"] for port in only(objects, "Service")["spec"]["ports"]] == ["http"]


def test_every_selector_selects_the_pods(objects: list[Object]) -> None:
    labels = pod_of(objects)["metadata"]["labels"]
    assert only(objects, "Deployment")["spec"]["selector"]["matchLabels"] == labels
    assert only(objects, "Service")["spec"]["selector"] == labels
    assert only(objects, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == labels
    assert only(objects, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"] == labels
    for spread in pod_of(objects)["spec"]["topologySpreadConstraints"]:
        assert spread["labelSelector"]["matchLabels"] == labels


def test_the_way_in_leads_to_the_port_that_gunicorn_listens_on(objects: list[Object]) -> None:
    container_port, _ = container_of(objects)["ports"]
    (service_port,) = only(objects, "Service")["spec"]["ports"]
    assert GUNICORN["address"].endswith(f":{container_port['containerPort']}")
    assert service_port["targetPort"] == container_port["name"]
    for ingress in every(objects, "Ingress").values():
        for path in ingress["spec"]["rules"][0]["http"]["paths"]:
            service = path["backend"]["service"]
            assert service["name"] == only(objects, "Service")["metadata"]["name"]
            assert service["port"]["name"] == service_port["name"]


def test_the_autoscaler_decides_how_many_pods_there_are_and_one_is_always_left(objects: list[Object]) -> None:
    autoscaler, deployment = only(objects, "HorizontalPodAutoscaler")["spec"], only(objects, "Deployment")
    target = autoscaler["scaleTargetRef"]
    assert (target["kind"], target["name"]) == (deployment["kind"], deployment["metadata"]["name"])
    assert "replicas" not in deployment["spec"], "or each kubectl apply would undo what the autoscaler did"
    taken_away = only(objects, "PodDisruptionBudget")["spec"]["maxUnavailable"]
    assert 1 <= autoscaler["minReplicas"] - taken_away < autoscaler["maxReplicas"]
    assert "cpu" in container_of(objects)["resources"]["requests"], "what the autoscaler's percentage is of"


def test_probes_ask_what_the_app_answers(objects: list[Object]) -> None:
    settings = Settings(hosts=("turdify.example.org",))
    client = create_app(settings, FakeDetector([Face(Box(0, 0, 9, 9))])).test_client()
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        request = container_of(objects)[name]["httpGet"]
        headers = {header["name"]: header["value"] for header in request["httpHeaders"]}
        assert client.get(request["path"], headers=headers).status_code == 200
        assert request["port"] == container_of(objects)["ports"][0]["name"]


def test_a_busy_pod_is_relieved_long_before_it_would_be_restarted(objects: list[Object]) -> None:
    container = container_of(objects)
    readiness, liveness = container["readinessProbe"], container["livenessProbe"]
    assert 2 * seconds_until_it_fails(readiness) <= seconds_until_it_fails(liveness)
    assert seconds_until_it_fails(liveness) >= GUNICORN["timeout"], "gunicorn itself ends a worker that says nothing"


def test_there_is_memory_for_the_workers_and_a_core_for_each(objects: list[Object]) -> None:
    resources = container_of(objects)["resources"]
    memory = int(resources["limits"]["memory"].removesuffix("Mi")) * 2**20
    environment = {variable["name"]: variable.get("value", "") for variable in container_of(objects)["env"]}
    chosen = plan(Machine(64, memory), environment)
    assert chosen.workers * chosen.threads == int(resources["requests"]["cpu"])
    assert chosen.max_pixels >= PHONE_PIXELS
    assert "cpu" not in resources["limits"]


def test_a_pod_that_goes_has_time_to_finish(objects: list[Object]) -> None:
    before = container_of(objects)["lifecycle"]["preStop"]["sleep"]["seconds"]
    grace = pod_of(objects)["spec"]["terminationGracePeriodSeconds"]
    assert before > 0
    assert grace > before + GUNICORN["graceful_timeout"]


def test_the_image_is_of_this_version(objects: list[Object]) -> None:
    assert container_of(objects)["image"] == f"turdify:{__version__}"


def test_the_environment_is_ours_alone_and_names_one_proxy(objects: list[Object]) -> None:
    environment = {variable["name"]: variable for variable in container_of(objects)["env"]}
    assert environment["TURDIFY_PROXIES"]["value"] == "1"
    assert pod_of(objects)["spec"]["enableServiceLinks"] is False, "or the Service adds variables called TURDIFY_..."


def test_all_pods_sign_with_the_key_of_whoever_deploys(objects: list[Object]) -> None:
    key, password = secret_references(objects, "TURDIFY_SECRET_KEY"), secret_references(objects, "TURDIFY_PASSWORD")
    secret = only(objects, "Secret")
    assert key == {"name": secret["metadata"]["name"], "key": "TURDIFY_SECRET_KEY"}
    assert password == {"name": secret["metadata"]["name"], "key": "TURDIFY_PASSWORD", "optional": True}
    assert base64.b64decode(secret["data"]["TURDIFY_SECRET_KEY"]) == b"tests"


def secret_references(objects: list[Object], name: str) -> Object:
    (variable,) = (variable for variable in container_of(objects)["env"] if variable["name"] == name)
    reference: Object = variable["valueFrom"]["secretKeyRef"]
    return reference


def test_a_photos_line_in_the_log_is_json(objects: list[Object]) -> None:
    environment = {variable["name"]: variable.get("value", "") for variable in container_of(objects)["env"]}
    assert Settings.from_environment(environment | {"TURDIFY_PASSWORD": ""}).log == "json"


def test_who_reads_metrics_and_how_logs_are_read_is_as_documented(objects: list[Object]) -> None:
    _, metrics = only(objects, "NetworkPolicy")["spec"]["ingress"]
    (source,) = metrics["from"]
    namespace = source["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
    assert f"port {metrics['ports'][0]['port']} of each pod, for what runs in the namespace `{namespace}`" in GUIDE
    ((label, value),) = pod_of(objects)["metadata"]["labels"].items()
    assert f"logs -l {label}={value}`" in GUIDE


@pytest.mark.parametrize("overlay", ["base", "k3s", "tls"])
def test_without_a_key_nothing_is_rendered(kubernetes: Path, overlay: str) -> None:
    done = kustomize(kubernetes / overlay)
    assert done.returncode != 0
    assert done.stdout == ""
    assert "base/secret.env: no such file" in done.stderr


def test_the_key_stays_out_of_the_repository() -> None:
    path = "deploy/kubernetes/base/secret.env"
    ignored = subprocess.run(["git", "check-ignore", "--quiet", path], cwd=ROOT, check=False)  # noqa: S607
    assert ignored.returncode == 0
    assert not [file for file in KUBERNETES.rglob("*.yaml") if "kind: Secret" in file.read_text()]


def test_every_limit_of_the_ingress_exists_and_the_cheap_ones_come_first(objects: list[Object]) -> None:
    ingress = every(objects, "Ingress")["turdify"]["metadata"]
    names = ingress["annotations"]["traefik.ingress.kubernetes.io/router.middlewares"].split(",")
    used = [name.removeprefix(f"{ingress['namespace']}-").removesuffix("@kubernetescrd") for name in names]
    assert sorted(used) == sorted(every(objects, "Middleware"))
    assert used[-1] == "in-memory", "what is refused isn't read first"


def test_the_ingress_takes_what_the_app_takes_and_never_writes_it_to_a_file(objects: list[Object]) -> None:
    buffering = every(objects, "Middleware")["in-memory"]["spec"]["buffering"]
    assert buffering["maxRequestBodyBytes"] >= MAX_BYTES + MAX_FIELDS_BYTES
    assert buffering["memRequestBodyBytes"] >= buffering["maxRequestBodyBytes"]
    largest_page = 2 * (MAX_PIXELS * 4) * 4 / 3  # RGBA that can't be compressed, in base64, twice
    assert buffering["memResponseBodyBytes"] > 1.1 * largest_page
    assert "maxResponseBodyBytes" not in buffering, "an answer that is ready is never refused"


def test_the_ingress_counts_photos_as_nginx_does_and_leaves_the_pages_files_alone(objects: list[Object]) -> None:
    rate = every(objects, "Middleware")["rate"]["spec"]["rateLimit"]
    assert rate["period"] == "1m"
    assert f"rate={rate['average']}r/m" in (ROOT / "deploy" / "nginx" / "nginx.conf").read_text()
    static = every(objects, "Ingress")["static"]
    assert "annotations" not in static["metadata"]
    assert [path["path"] for path in static["spec"]["rules"][0]["http"]["paths"]] == ["/static"]


def test_on_a_few_pis_there_is_one_worker_a_pod_and_few_pods(k3s: list[Object]) -> None:
    pod = pod_of(k3s)["spec"]
    assert pod["nodeSelector"] == {"kubernetes.io/arch": "arm64"}
    assert [spread["topologyKey"] for spread in pod["topologySpreadConstraints"]] == ["kubernetes.io/hostname"]
    assert container_of(k3s)["resources"]["requests"]["cpu"] == "1"
    assert only(k3s, "HorizontalPodAutoscaler")["spec"]["maxReplicas"] == 4
    rule, _ = only(k3s, "NetworkPolicy")["spec"]["ingress"]
    assert rule["from"][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] == "kube-system"


def test_under_a_name_of_its_own_every_way_in_is_by_https(with_key: Path) -> None:
    for ingress in every(rendered(with_key / "tls"), "Ingress").values():
        (tls,) = ingress["spec"]["tls"]
        assert [rule["host"] for rule in ingress["spec"]["rules"]] == tls["hosts"]
        assert f"create secret tls {tls['secretName']} " in GUIDE


def test_a_key_that_is_no_longer_used_can_be_found(objects: list[Object]) -> None:
    labels = only(objects, "Secret")["metadata"]["labels"]
    assert "get secret -l app.kubernetes.io/name=" + labels["app.kubernetes.io/name"] in GUIDE


def test_k3ss_traefik_is_told_to_see_who_calls() -> None:
    chart = yaml.safe_load((KUBERNETES / "k3s" / "traefik.yaml").read_text())
    assert (chart["kind"], chart["metadata"]) == ("HelmChartConfig", {"name": "traefik", "namespace": "kube-system"})
    values = yaml.safe_load(chart["spec"]["valuesContent"])
    assert values["service"]["spec"]["externalTrafficPolicy"] == "Local"


def documented(start: str) -> list[str]:
    return re.findall(rf"^{re.escape(start)}.*$", GUIDE, re.MULTILINE)


def test_the_documented_command_makes_a_key_that_only_its_owner_can_read(kubernetes: Path, tmp_path: Path) -> None:
    shutil.copytree(kubernetes, tmp_path / "deploy" / "kubernetes")
    (command,) = documented("(umask 077 && python3")
    subprocess.run(["/bin/sh", "-ec", command], cwd=tmp_path, check=True)
    assert (tmp_path / "deploy/kubernetes/base/secret.env").stat().st_mode & 0o777 == 0o600
    secret = only(rendered(tmp_path / "deploy" / "kubernetes" / "base"), "Secret")
    assert re.fullmatch(rb"[0-9a-f]{64}", base64.b64decode(secret["data"]["TURDIFY_SECRET_KEY"]))


def test_traefiks_kinds_are_waited_for_before_ours_are_applied(tmp_path: Path) -> None:
    """On a new cluster they are not there at first, at which kubectl wait fails at once."""
    (command,) = documented("until kubectl wait")
    assert GUIDE.index(command) < GUIDE.index("\nkubectl apply")
    kubectl = tmp_path / "kubectl"
    kubectl.write_text('#!/bin/sh\necho >>"$0.asked"; [ $(wc -l <"$0.asked") = 3 ] || { echo NotFound >&2; exit 1; }\n')
    kubectl.chmod(0o755)
    (tmp_path / "sleep").write_text("#!/bin/sh\n")
    (tmp_path / "sleep").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    subprocess.run(["/bin/sh", "-ec", command], env=environment, check=True, timeout=60, capture_output=True)
    assert (tmp_path / "kubectl.asked").read_text() == "\n" * 3


def test_the_documented_commands_name_what_is_there() -> None:
    applied = [command.split()[-1] for command in documented("kubectl apply")]
    assert len(applied) >= 2
    assert [path for path in applied if not (ROOT / path).exists()] == []
