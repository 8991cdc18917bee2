"""Stills of several data sets, caches, training and evaluation from end to end."""

import json
import sys

import numpy as np
import pytest
import torch
from fake_clips import FakeThunder, write_clip
from PIL import Image

from diffpose_training.common import caching, report
from diffpose_training.common.batches import Cached
from diffpose_training.common.caching import ClipList, build
from diffpose_training.common.clips import read_clips
from diffpose_training.common.joint_sets import AIC14, COCO17, CROWDPOSE14
from diffpose_training.diffpose_video.cache import WINDOWS
from diffpose_training.diffusionpose import calibration, evaluate, export, stills, train
from diffpose_training.diffusionpose.evaluate import scene_of
from diffpose_training.diffusionpose.model import ModelConfig
from diffpose_training.diffusionpose.pictures import Pictures, fit_aspect
from diffpose_training.diffusionpose.predict import load_model
from diffpose_training.diffusionpose.report import markdown
from diffpose_training.diffusionpose.stills import aic_clips, choose_still, make_still, read_people, stills_of, truncated

SMALL = ["features=16", "neck=16,16,16", "channels=8,8,16,16"]


def write_crowdpose(folder) -> None:
    """One picture with one person, as CrowdPose writes them: no areas, joints named its way."""
    folder.mkdir(parents=True)
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 120, 3), dtype=np.uint8)).save(folder / "1.png")
    names = ["left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip",
             "left_knee", "right_knee", "left_ankle", "right_ankle", "head", "neck"]  # fmt: skip
    points = [[40 + j, 30 + 2 * j, 2 - j % 2] for j in range(14)]
    content = {
        "images": [{"id": 1, "file_name": "1.png"}], "categories": [{"id": 1, "name": "person", "keypoints": names}],
        "annotations": [{"id": 5, "image_id": 1, "category_id": 1, "bbox": [35, 25, 30, 40], "keypoints": sum(points, []), "iscrowd": 0}],
    }  # fmt: skip
    (folder / "crowdpose.json").write_text(json.dumps(content))


def write_aic(folder) -> None:
    """One picture with two people, one of them without points, as AI Challenger writes them."""
    (folder / "pictures").mkdir(parents=True)
    Image.fromarray(np.full((90, 120, 3), 90, np.uint8)).save(folder / "pictures" / "abc.jpg")
    one, nobody = sum([[40 + j, 30 + 2 * j, 1 + j % 3] for j in range(14)], []), [0, 0, 3] * 14
    entry = {"image_id": "abc", "human_annotations": {"human1": [35, 25, 65, 65], "human2": [0, 0, 9, 9]}, "keypoint_annotations": {"human1": one, "human2": nobody}}
    (folder / "aic.json").write_text(json.dumps([entry]))


def test_crowdpose_is_read_with_its_own_joints(tmp_path):
    write_crowdpose(tmp_path / "crowd")
    sight = read_people(tmp_path / "crowd", CROWDPOSE14)[0].people[5][0]
    assert sight.points.shape == (14, 3) and sight.points[13].tolist() == [53, 56, 1] and sight.weights.tolist()[:2] == [1, 0.5]
    assert sight.area == pytest.approx(0.53 * 30 * 40)
    # The same file with COCO's joints: those that it has.
    coco = read_people(tmp_path / "crowd", COCO17)[0].people[5][0]
    assert coco.points[5].tolist() == [40, 30, 2] and not coco.points[:5].any()


def test_ai_challenger_is_read_from_its_list(tmp_path):
    write_aic(tmp_path)
    clip = aic_clips(tmp_path / "aic.json", AIC14)[0]
    assert list(clip.people) == [0] and clip.files[0].exists()
    sight = clip.people[0][0]
    assert sight.points[:3, 2].tolist() == [2, 1, 0] and sight.weights[:3].tolist() == [1, 0.5, 0]
    assert sight.box == (35, 25, 30, 40) and sight.area == pytest.approx(0.53 * 1200)
    assert read_people(tmp_path, AIC14)[0].name == clip.name


def test_a_still_is_the_key_frame_of_its_window(tmp_path):
    write_clip(tmp_path / "clips", "clip", frames=1)
    thunder, clips = FakeThunder(), ClipList(tmp_path / "clips")
    build(clips, tmp_path / "windows", "val", 1, 1, thunder, WINDOWS)
    build(clips, tmp_path / "stills", "val", 1, 1, thunder, stills_of(COCO17))
    one, other = (Cached(tmp_path / name).batch([0], 0) for name in ("windows", "stills"))
    for a, b in zip(one.inputs, other.inputs):
        assert a.dim() == 4 and torch.equal(a, b)
    assert torch.equal(one.points, other.points) and torch.equal(one.movenet, other.movenet)


def test_training_stills_are_truncated_now_and_then(tmp_path):
    write_clip(tmp_path / "clips", "clip", frames=1)
    clip = read_clips(tmp_path / "clips")[0]
    boxes = [choose_still(clip, np.random.default_rng(i), "train", i).box for i in range(60)]
    assert len({choose_still(clip, np.random.default_rng(i), "val", i).box for i in range(6)}) == 1
    assert min(box[3] for box in boxes) < 0.65 * 45
    rng = np.random.default_rng(0)
    for _ in range(50):
        x, y, width, height = truncated((10, 20, 30, 60), rng)
        assert 10 <= x and 20 <= y and x + width <= 40 + 1e-9 and y + height <= 80 + 1e-9
        assert (width == 30) != (height == 60) and width * height >= 0.5 * 1800 - 1e-9


def test_mirrored_stills_swap_the_sides_of_their_own_joints(tmp_path):
    write_crowdpose(tmp_path / "crowd")
    clip, mirrored = read_people(tmp_path / "crowd", CROWDPOSE14)[0], None
    for seed in range(20):
        window = choose_still(clip, np.random.default_rng(seed), "train", 0)
        if window.mirrored:
            mirrored = make_still(clip, window, FakeThunder(), 0, CROWDPOSE14)["target"]
            break
    seen = mirrored[mirrored[:, 3] > 0]
    assert mirrored.shape == (14, 4) and len(seen) > 4
    # What was the right shoulder, and further right, is now the left one, and further left.
    assert mirrored[:2, 3].all() and mirrored[0, 0] < mirrored[1, 0]


def test_crops_for_hrnet_keep_the_shape_of_its_input(tmp_path):
    assert fit_aspect((10, 10, 30, 90), (256, 192)) == (-20, 10, 90, 90)
    assert fit_aspect((10, 10, 90, 30), (256, 192)) == (-5, -35, 120, 120)
    write_clip(tmp_path / "clips", "clip", frames=2)
    config = ModelConfig(backbone="hrnet_w32", side=(256, 192))
    people = Pictures(read_people(tmp_path / "clips", COCO17), config, "val", 1)
    batch = people.batch([0])
    assert batch.inputs[0].shape == (1, 3, 256, 192) and batch.points.shape == (1, 17, 2)
    assert -3 < float(batch.inputs[0].min()) < float(batch.inputs[0].max()) < 3


def run(monkeypatch, module, *args) -> None:
    """Its main with a command line."""
    monkeypatch.setattr(sys, "argv", [module.__name__, *map(str, args)])
    module.main()


@pytest.mark.parametrize("joints", ["coco17", "crowdpose14", "aic14"])
def test_one_command_each_from_a_folder_to_a_trained_network(tmp_path, monkeypatch, joints):
    {"coco17": lambda f: write_clip(f, "clip"), "crowdpose14": write_crowdpose, "aic14": write_aic}[joints](tmp_path / "data")
    monkeypatch.setattr(caching, "Thunder", lambda *a: FakeThunder())
    for split in ("train", "val"):
        run(monkeypatch, stills, "--clips", tmp_path / "data", "--joints", joints, "--split", split, "--stills", 6, "--out", tmp_path / "cache")
    common = ["--cache", tmp_path / "cache", "--out", tmp_path / "runs", "--joints", joints, "--batch", 2, "--steps", 4, "--save-every", 2, "--threads", 1]
    run(monkeypatch, train, *common, "--stop-after", 2, "--set", *SMALL)
    run(monkeypatch, train, *common, "--workers", 2, "--set", *SMALL)
    saved = torch.load(tmp_path / "runs" / "model.pt", weights_only=True)
    assert saved["step"] == 4 and (tmp_path / "runs" / "model.png").exists()
    lines = [json.loads(line) for line in (tmp_path / "runs" / "model.jsonl").read_text().splitlines()]
    assert {"val_val_ap_all_conv", "val_val_ap_all_s1", "val_val_ap_all_s2", "val_val_ap_all_movenet"} <= set(lines[-1])
    model = load_model(tmp_path / "runs" / "model.pt")
    people = scene_of("own", tmp_path / "data", tmp_path / "cache", 1, model.config.set, FakeThunder())
    result = people.run(model, people.rows(), steps=2)
    assert 0 <= result["oks"]["AP"] <= 100
    assert set(people.movenet(people.rows())["oks"]) == set(result["oks"])
    monkeypatch.setattr(report, "Thunder", lambda **a: FakeThunder())
    runs, pack, reports = ["--runs", tmp_path / "runs"], tmp_path / "pack", tmp_path / "reports"
    run(monkeypatch, calibration, *runs, "--cache", tmp_path / "cache" / "val", "--threads", 1)
    exported = [*runs, "--out", pack, "--golden", tmp_path / "golden.json", "--reports", reports]
    run(monkeypatch, export, *exported)
    (tmp_path / "runs" / "ab_kps.pt").write_bytes((tmp_path / "runs" / "model.pt").read_bytes())
    sets = ["--sets", f"own={tmp_path / 'data'}", "--every", 1, "--cache", tmp_path / "cache"]
    run(monkeypatch, evaluate, *sets, *runs, "--pack", pack, "--reports", reports, "--threads", 1, "--people", 2)
    text = (reports / "diffusionpose.md").read_text()
    assert all(part in text for part in ("Samplers", "Ablations", "Storage types", "Error bars")) and (reports / "diffusionpose.png").exists()
    assert json.loads((pack / "manifest.json").read_text())["accuracy"][0]["metric"] == "OKS AP, all scores equal"
    run(monkeypatch, export, *exported)
    stated = json.loads((pack / "manifest.json").read_text())
    assert stated["accuracy"][0]["split"] == "test, own" and [row["dtype"] for row in stated["dtypes"]] == ["fp32", "fp16", "q8"]
    assert [len(stated["sigmaScale"][sampler]) for sampler in ("feedback", "coordinates")] == [model.config.set.count] * 2


def test_settings_are_checked_by_name():
    model, diffusion = train.configured(["stride=8", "zeta=5", "spatial=false", "coarse=0.25", "neck=8,8,8"], "aic14")
    assert (model.stride, model.structure.zeta, model.spatial, model.neck, model.joints) == (8, 5.0, False, (8, 8, 8), "aic14")
    assert diffusion.coarse == 0.25
    assert ModelConfig.read(json.loads(json.dumps(train.asdict(model)))) == model
    with pytest.raises(SystemExit, match="NAME=VALUE"):
        train.configured(["strides=8"], "coco17")


def test_the_report_has_every_table(tmp_path):
    row = {"oks": {"AP": 50.0, "AP50": 60.0, "AP75": 40.0}}
    result = {
        "split": "test", "command": "c", "torch": "2", "default": {"start": 300, "steps": 1}, "people": {"a": 3}, "trainedSteps": {"model": 9},
        "main": {name: {"a": row} for name in ("movenet", "conv", "s1")},
        "dials": {"scene": "a", "people": 3, **{key: {"x": row} for key in ("start", "fed", "noise", "coarse")}},
        "ablations": {"ab_x": {"steps": 4, **{s: row for s in "012"}}, "ab_kps": {"steps": 5, **{s: row for s in "012"}}},
        "dtypes": {"q8": {"bytes": 1, "ms": 2.0, **row}},
        "errorBars": {"split": "val", "step": 9, "samplers": {"feedback": {"ece": 0.25, "eceRaw": 0.5, "spearman": 0.75}}},
    }  # fmt: skip
    text = markdown(result)
    for part in ("MoveNet's decoding", "DiffusionPose, S = 1", "S = 1 above convolution head (S = 0): +0.0 on a; above MoveNet's decoding: +0.0 on a.", "ab_x |  | 4 | 50.0", "ab_kps | + M_kps | 5 | 50.0", "q8 | 1 | 2.0", "feedback | 0.5 | 0.25 | 0.75"):
        assert part in text
