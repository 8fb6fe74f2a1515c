"""What those who run the service see of it."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.pictures import FakeDetector
from tests.serving import Server, ask, free_address, post, serving, workers
from tests.web import call
from turdify.detection import DETECTORS, load_detector
from turdify.pace import SAMPLE
from turdify.settings import Settings
from turdify.slots import Slots
from turdify.web import create_app
from turdify.web.headers import HEADERS
from turdify.web.warmup import small

# As Prometheus calls a pod: by its address.
METRICS = "http://10.1.2.3:9000"


def test_health_is_ok(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200


def test_it_is_ready_as_long_as_faces_are_found(client: FlaskClient, detector: FakeDetector) -> None:
    assert client.get("/readyz").status_code == 200
    detector.faces = []
    assert client.get("/readyz").status_code == 500


@pytest.mark.parametrize("name", DETECTORS)
def test_every_detector_finds_a_face_in_the_small_sample(name: str) -> None:
    assert load_detector(name).find_faces(small(SAMPLE))


def test_it_is_not_ready_while_its_queue_is_full(detector: FakeDetector) -> None:
    client = create_app(Settings(workers=2, queue=0), detector).test_client()
    slots = Slots(2, 0, 0)
    with ExitStack() as taken:
        taken.enter_context(slots.slot())
        assert client.get("/readyz").status_code == 200
        taken.enter_context(slots.slot())
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert "Retry-After" in answer.headers
        assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing", "/turdify/nothing", "/static/nothing"])
def test_every_answer_has_an_id_of_its_own(client: FlaskClient, path: str) -> None:
    ids = [client.get(path, headers={"X-Request-ID": "forged"}).headers["X-Request-ID"] for _ in range(2)]
    assert ids[0] != ids[1]
    assert all(re.fullmatch("[0-9a-f]{16}", id) for id in ids)


def test_an_error_tells_its_id(client: FlaskClient) -> None:
    answer = call(client, "/turdify/", b"no photo")
    assert answer.json
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]


def logged(app: Flask, jpeg: bytes, caplog: pytest.LogCaptureFixture, **fields: str) -> str:
    """The one line about a photo."""
    answer = call(app.test_client(), "/turdify/?secret=query", jpeg, **fields)
    (line,) = caplog.messages
    assert answer.headers["X-Request-ID"] in line
    return line


def test_a_photo_is_one_line_of_words(detector: FakeDetector, jpeg: bytes, caplog: pytest.LogCaptureFixture) -> None:
    line = logged(create_app(Settings(), detector), jpeg, caplog, format="webp")
    told = dict(word.split("=") for word in line.split()[1:])
    assert (told["status"], told["format"], told["megapixels"], told["faces"]) == ("200", "webp", "0.3", "1")
    assert {"wait_ms", "read_ms", "find_ms", "cover_ms", "write_ms"} <= set(told)
    assert "secret" not in line
    assert "beach" not in line


def test_a_photo_is_one_line_of_json_if_so_set(
    detector: FakeDetector, jpeg: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    detector.delay = 0.05
    line = logged(create_app(Settings(log="json"), detector), jpeg, caplog)
    told = json.loads(line)
    assert (told["status"], told["format"], told["faces"]) == (200, "png", 1)
    assert told["find_ms"] >= 50


def test_a_photo_that_is_refused_has_its_line_too(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    call(client, "/turdify/", b"no photo")
    assert " status=415 " in caplog.text


def counted(text: str) -> dict[str, float]:
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_metrics_are_nowhere_unless_they_have_a_port(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404


def test_metrics_count_what_happened(detector: FakeDetector, jpeg: bytes) -> None:
    client = create_app(Settings(metrics_port="9000"), detector).test_client()
    call(client, "/turdify/", jpeg)
    call(client, "/faces/", jpeg)
    call(client, "/turdify/", b"no photo")
    answer = client.get("/metrics", base_url=METRICS)
    assert answer.content_type.count("charset") == 1
    told = counted(answer.text)
    assert told["turdify_photos_total"] == told["turdify_faces_total"] == 2
    assert told["turdify_pixels_total"] == 2 * 512 * 512
    assert told['turdify_requests_total{status="200"}'] == 2
    assert told['turdify_refusals_total{reason="NotAPhoto"}'] == 1
    assert told['turdify_stage_seconds_count{stage="find"}'] == 2
    assert (told["turdify_waiting"], told["turdify_working"]) == (0, 0)


def test_log_and_metrics_count_what_was_covered(
    detector: FakeDetector, jpeg: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(Settings(metrics_port="9000"), detector)
    faces = '[{"box": [20, 30, 60, 80]}, {"box": [900, 900, 999, 999]}]'
    assert " faces=1 " in logged(app, jpeg, caplog, faces=faces)
    assert counted(app.test_client().get("/metrics", base_url=METRICS).text)["turdify_faces_total"] == 1


def test_a_photo_that_takes_too_much_memory_has_one_name_wherever_that_ran_out(
    detector: FakeDetector, jpeg: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    client = create_app(Settings(metrics_port="9000"), detector).test_client()
    for place in ("turdify.photo.reading.turn_upright", "turdify.pipeline.cover_faces"):
        with monkeypatch.context() as short:
            short.setattr(place, fail)
            answer = call(client, "/turdify/", jpeg)
            assert (answer.status_code, answer.json["code"]) == (422, "too_much_memory"), place  # type: ignore[index]
    assert counted(client.get("/metrics", base_url=METRICS).text)['turdify_refusals_total{reason="TooMuchMemory"}'] == 2


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/turdify/", "/metrics/", "/nothing"])
def test_at_the_metrics_port_is_nothing_else(detector: FakeDetector, path: str) -> None:
    client = create_app(Settings(metrics_port="9000", password="long enough"), detector).test_client()
    answer = client.post(path, base_url=METRICS, data=b"x")
    assert answer.status_code == 404
    assert answer.json
    assert answer.json["code"] == "not_found"
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]


def test_metrics_need_no_password_and_are_told_by_any_name_of_the_host(detector: FakeDetector) -> None:
    settings = Settings(metrics_port="9000", password="long enough", hosts=("turdify.test",))
    answer = create_app(settings, detector).test_client().get("/metrics", base_url=METRICS)
    assert answer.status_code == 200
    assert {*HEADERS, "Cache-Control", "X-Request-ID"} <= set(answer.headers.keys())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    metrics = free_address()
    settings = {
        "TURDIFY_METRICS_BIND": metrics,
        "TURDIFY_WORKERS": "2",
        "TURDIFY_MAX_PIXELS": "1000000",
        "TURDIFY_TIMEOUT_S": "60",
        "TURDIFY_HOSTS": "turdify.test",
        "DETECTOR_SECONDS": "0.2",
    }
    with serving(tmp_path_factory.mktemp("health"), app="tests.slow:app", settings=settings) as server:
        yield server, f"http://{metrics}"


def test_metrics_are_of_all_processes_and_at_a_port_of_their_own(server: tuple[Server, str]) -> None:
    service, metrics = server
    assert ask(service, "GET", "/metrics").status == 404
    assert ask(service, "GET", "/healthz", address=metrics).status == 404
    for _ in range(6):
        assert post(service).status == 200
    told = counted(ask(service, "GET", "/metrics", address=metrics).body.decode())
    assert told["turdify_photos_total"] == 6


def test_metrics_leave_nothing_behind(tmp_path: Path) -> None:
    settings = {"TURDIFY_METRICS_BIND": free_address(), "TURDIFY_MAX_PIXELS": "1000000", "TURDIFY_TIMEOUT_S": "60"}
    with serving(tmp_path, app="tests.slow:app", settings=settings | {"DETECTOR_SECONDS": "0"}) as server:
        maps = "".join(Path(f"/proc/{worker}/maps").read_text() for worker in workers(server))
        (folder,) = set(re.findall(r"/dev/shm/turdify-metrics-[^/]+", maps))  # noqa: S108
        assert Path(folder).is_dir()
    assert not Path(folder).exists()


@pytest.mark.parametrize(("host", "status"), [("Turdify.test", 200), ("turdify.test:8000", 200), ("evil.test", 400)])
def test_a_host_name_that_is_not_ours_is_refused(server: tuple[Server, str], host: str, status: int) -> None:
    service, _ = server
    for path in ("/", "/healthz"):
        answer = ask(service, "GET", path, headers={"Host": host})
        assert answer.status == status
        assert status == 200 or "TURDIFY_HOSTS" in str(answer.json["detail"])


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1"])
def test_a_health_check_may_call_us_by_the_machines_own_names(server: tuple[Server, str], host: str) -> None:
    assert ask(server[0], "GET", "/healthz", headers={"Host": host}).status == 200


def test_who_answers_to_every_name_says_so_at_the_start(tmp_path: Path, server: tuple[Server, str]) -> None:
    assert "TURDIFY_HOSTS" not in server[0].log.read_text()
    settings = {"TURDIFY_MAX_PIXELS": "1000000", "TURDIFY_TIMEOUT_S": "60", "DETECTOR_SECONDS": "0"}
    with serving(tmp_path, app="tests.slow:app", settings=settings) as open_to_all:
        assert "TURDIFY_HOSTS says which are its own" in open_to_all.log.read_text()
