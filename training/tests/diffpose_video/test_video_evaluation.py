"""Figures of known predictions; spoilt copies of clips; reports and manifests hold what they promise."""

import json

import numpy as np
from fake_clips import FakeThunder, write_clip
from PIL import Image

from diffpose_training.common.clips import read_clips
from diffpose_training.diffpose_video.evaluate import kept_rows, scene_of
from diffpose_training.diffpose_video.manifest import ports
from diffpose_training.diffpose_video.model import ModelConfig
from diffpose_training.diffpose_video.pseudo import label, outline
from diffpose_training.diffpose_video.spoil_clips import main as spoil_main


def test_spoilt_copies_keep_names_and_labels_and_follow_from_the_seed(tmp_path, monkeypatch):
    write_clip(tmp_path / "clips", "clip_00000")
    for out in ("one", "two"):
        monkeypatch.setattr("sys.argv", ["spoil", "--clips", str(tmp_path / "clips"), "--out", str(tmp_path / out), "--kinds", "clean", "dark"])
        spoil_main()
    whole = read_clips(tmp_path / "clips")[0]
    for kind in ("clean", "dark"):
        copy, other = (read_clips(tmp_path / out / kind)[0] for out in ("one", "two"))
        assert [f.name for f in copy.files] == [f.name for f in whole.files]
        np.testing.assert_array_equal(copy.people[1][2].points, whole.people[1][2].points)
        assert all(a.read_bytes() == b.read_bytes() for a, b in zip(copy.files, other.files))
        same = all(a.read_bytes() == b.read_bytes() for a, b in zip(copy.files, whole.files))
        assert same == (kind == "clean")
    assert np.asarray(Image.open(tmp_path / "one" / "dark" / "clip_00000" / "001.png")).mean() < 110


def test_a_scene_measures_every_person_of_its_key_frames(tmp_path):
    write_clip(tmp_path / "clips", "clip", frames=6)
    scene = scene_of("clean", tmp_path / "clips", tmp_path / "cache", 3, FakeThunder())
    assert len(scene.sights) == len(scene.cached) == 2  # frames 1 and 4
    result = scene.movenet(scene.rows())
    assert set(result) == {"oks", "pckh"} and result["pckh"] == {}  # no head boxes there
    cells = np.zeros((1, 17, 3))
    np.testing.assert_allclose(scene.in_frame(cells, np.array([0]))[0, 0, :2], [36 + 15 - 1.25 * 22.5, 25 + 22.5 - 1.25 * 22.5])


def test_pseudo_labels_agree_with_every_view_or_lose_weight():
    points, weights = label(FakeThunder(), np.full((64, 64, 3), 128, np.uint8), (10, 10, 40, 40))
    assert points.shape == (17, 3) and weights.shape == (17,) and ((weights >= 0) & (weights <= 1)).all()
    sure = np.column_stack([np.tile([[10, 20], [30, 60]], (9, 1))[:17], np.ones(17)])
    assert outline(sure, (100, 100)) == (6.0, 16.0, 28.0, 48.0)
    assert outline(sure * [1, 1, 0], (100, 100)) is None


def test_the_manifest_states_every_port():
    stated = ports(ModelConfig())
    assert [p["name"] for p in stated["encode"]["outputs"]] == [p["name"] for p in stated["denoise"]["inputs"]][2:]
    assert json.dumps(stated)


def test_rows_of_an_earlier_report_are_kept_only_for_networks_that_did_not_change():
    settings = {"default": {"sets": 3, "steps": 2}, "windows": {"clean": 260}}
    before = settings | {"trainedSteps": {"conv": 5, "model": 7}, "start": {"movenet": {}, "conv": {"a": 1}, "model": {"a": 2}, "still": {"a": 3}}}
    assert set(kept_rows(before, settings | {"trainedSteps": {"conv": 5, "model": 7}})) == {"conv", "model", "still"}
    assert set(kept_rows(before, settings | {"trainedSteps": {"conv": 5, "model": 8}})) == {"conv"}
    assert set(kept_rows(before, settings | {"trainedSteps": {"model": 7}})) == {"model", "still"}
    assert kept_rows(before, settings | {"windows": {"clean": 9}, "trainedSteps": before["trainedSteps"]}) == {}


def test_checkpoints_of_before_show_everybody_in_a_crop_alike():
    assert ModelConfig.read({"frames": 3}).centre == 0 and ModelConfig.read({"centre": 5.0}).centre == 5
