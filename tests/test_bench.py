"""The measurements that docs/ name run as they say."""

import dataclasses
import json
from pathlib import Path

import pytest

from bench import turned
from tests.pictures import group


def test_faces_are_found_however_a_photo_lies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo, faces = group(2, height=150)
    photo.save(tmp_path / "two.png")
    labels = [{"box": dataclasses.astuple(face.box), "ignore": False} for face in faces]
    (tmp_path / "labels.json").write_text(json.dumps([{"file": "two.png", "faces": labels}]))
    turned.main([str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all("2 of 2 = 1.000  false alarms 0" in line for line in lines), lines
