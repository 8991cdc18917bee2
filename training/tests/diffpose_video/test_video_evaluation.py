"""Figures of known predictions; spoilt copies of clips; reports and manifests hold what they promise."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from test_video_data import FakeThunder, write_clip

from diffpose_training.diffpose_video.calibration import LEAST_SIGMA, fit_scale, sigma_of
from diffpose_training.diffpose_video.clips import Sight, read_clips
from diffpose_training.diffpose_video.coco import measure
from diffpose_training.diffpose_video.evaluate import Scene
from diffpose_training.diffpose_video.fixtures import filled
from diffpose_training.diffpose_video.heatmaps import draw
from diffpose_training.diffpose_video.manifest import ports
from diffpose_training.diffpose_video.metrics import figures
from diffpose_training.diffpose_video.model import ModelConfig
from diffpose_training.diffpose_video.pseudo import label, outline
from diffpose_training.diffpose_video.spoil_clips import main as spoil_main


def people(count: int) -> tuple[list[Sight], np.ndarray]:
    """Random people and their poses as predictions with score 1."""
    rng = np.random.default_rng(0)
    sights, poses = [], []
    for _ in range(count):
        points = np.column_stack([rng.uniform(20, 200, (17, 2)), np.full(17, 2)]).astype(np.float32)
        sights.append(Sight((20, 20, 180, 180), (20, 20, 180, 180), points, np.ones(17, np.float32), 20000.0, True, 30.0))
        poses.append(np.column_stack([points[:, :2], np.ones(17)]))
    return sights, np.stack(poses)


def test_perfect_answers_get_100_and_those_of_somebody_else_get_nothing():
    sights, poses = people(5)
    good = measure([0, 0, 1, 2, 3], sights, poses)
    assert good["oks"]["AP"] == 100 and good["pckh"]["all"] == 100 and good["pckh"]["wrist"] == 100
    poses[..., :2] += 500
    bad = measure([0, 0, 1, 2, 3], sights, poses)
    assert bad["oks"]["AP"] == 0 and bad["pckh"]["all"] == 0


def test_pckh_counts_joints_within_half_a_head_of_those_annotated():
    sights, poses = people(1)
    poses[0, 9, 0] += 14.9  # left wrist, within half a head of 30 px
    poses[0, 10, 0] += 15.1
    assert measure([0], sights, poses)["pckh"]["wrist"] == 50
    sights[0].points[10, 2] = 0
    assert measure([0], sights, poses)["pckh"]["wrist"] == 100


def test_validation_figures_of_a_shift():
    truth = torch.full((2, 17, 2), 30.0)
    found, known = torch.cat([truth, torch.ones(2, 17, 1)], -1), torch.ones(2, 17, dtype=torch.bool)
    area, scale = torch.full((2,), 10000.0), torch.ones(2)
    assert figures(found, truth, known, area, scale)["ap"] == 100
    found[1] += 20
    result = figures(found, truth, known, area, scale)
    assert result["ap"] == 50 and result["pck"] == pytest.approx(50)


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
    scene = Scene("clean", tmp_path / "clips", tmp_path / "cache", 3, FakeThunder())
    assert len(scene.sights) == len(scene.windows) == 2  # frames 1 and 4
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


def test_error_bars_grow_with_width_and_with_disagreement():
    points = torch.full((1, 17, 2), 30.0)
    sure, wide, apart = draw(points)[None], draw(points, sigma=4.0)[None], torch.stack([draw(points), draw(points + 6)])
    assert LEAST_SIGMA <= float(sigma_of(sure).max()) < 0.5  # whole cells cut a Gaussian a little elsewhere
    cut = (1 - 0.2 * (1 - np.log(0.2))) / 0.8  # share of a Gaussian's variance above a fifth of its peak
    assert float(sigma_of(wide).min()) == pytest.approx(((4**2 - 2**2) * cut) ** 0.5, rel=0.05)
    assert float(sigma_of(apart).min()) > 4
    assert float(sigma_of(torch.zeros(1, 1, 17, 64, 64)).min()) > 15


def test_a_factor_makes_a_spread_the_deviation_of_the_error():
    rng = np.random.default_rng(0)
    sigma = rng.uniform(0.5, 2, 20000)
    assert fit_scale(sigma, np.hypot(*rng.normal(0, 3 * sigma, (2, 20000)))) == pytest.approx(3, rel=0.06)


def test_the_formula_of_the_golden_inputs():
    value = filled((2, 3), -1.0, 1.0, shift=4)
    word = (5 * 2654435761) % 2**32
    word = ((word ^ (word >> 16)) * 2654435761) % 2**32
    assert float(value[0, 0]) == pytest.approx(-1 + 2 * word / 2**32, abs=1e-6)
    assert len(set(filled((1000,), 0, 1).tolist())) == 1000


def test_the_manifest_states_every_port():
    stated = ports(ModelConfig())
    assert [p["name"] for p in stated["encode"]["outputs"]] == [p["name"] for p in stated["denoise"]["inputs"]][2:]
    assert json.dumps(stated)
