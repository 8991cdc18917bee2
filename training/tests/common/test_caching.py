"""Stores: resuming, turns of validation, rounding."""

import numpy as np
from fake_clips import FakeThunder, write_clip

from diffpose_training.common.batches import Cached, Mixture
from diffpose_training.common.caching import ClipList, build
from diffpose_training.common.degrade import KINDS
from diffpose_training.common.feature_store import FIELDS, PLAIN, Store
from diffpose_training.diffpose_video.cache import WINDOWS


def test_the_cache_resumes_to_the_same_windows(tmp_path):
    for name in ("clip_00000", "clip_00001", "clip_00002"):
        write_clip(tmp_path / "clips", name, format="synth/1")
    clips = ClipList(tmp_path / "clips")
    assert build(clips, tmp_path / "whole", "train", 6, 1, FakeThunder(), WINDOWS) == 6
    assert build(clips, tmp_path / "parts", "train", 6, 1, FakeThunder(), WINDOWS, stop_after=4) == 4
    thunder = FakeThunder()
    assert build(clips, tmp_path / "parts", "train", 6, 1, thunder, WINDOWS) == 6
    assert thunder.crops <= 10  # only the two that were missing
    for name in (*FIELDS, *PLAIN):
        np.testing.assert_array_equal(Store(tmp_path / "whole").arrays[name], Store(tmp_path / "parts").arrays[name])


def test_the_cache_stops_at_a_clip_that_is_not_there_yet(tmp_path):
    write_clip(tmp_path / "clips", "clip_00000")
    clips = ClipList(tmp_path / "clips", 2)
    assert build(clips, tmp_path / "cache", "train", 6, 1, FakeThunder(), WINDOWS) == 1
    write_clip(tmp_path / "clips", "clip_00001")
    assert build(clips, tmp_path / "cache", "train", 6, 1, FakeThunder(), WINDOWS) == 6


def test_validation_windows_take_the_degradations_in_turn(tmp_path):
    write_clip(tmp_path / "clips", "clip")
    build(ClipList(tmp_path / "clips"), tmp_path / "cache", "val", 12, 1, FakeThunder(), WINDOWS)
    windows = Cached(tmp_path / "cache")
    batch = windows.batch(range(12), frames=3)
    assert batch.meta[:, 0].tolist() == list(range(len(KINDS))) * 2
    assert [tuple(v.shape[1:]) for v in batch.inputs] == [(3, 17, 64, 64), (24, 64, 64), (3, 24, 32, 32), (3, 32, 16, 16), (3, 64, 8, 8)]
    assert batch.joints.shape == (12, 3, 17, 3) and np.array_equal(batch.movenet, batch.joints[:, 1])
    drawn = [Mixture([windows], [1.0], 3).draw(5, 4, 5).points for _ in range(2)]
    np.testing.assert_array_equal(*drawn)


def test_stored_features_come_back_within_a_step(tmp_path):
    write_clip(tmp_path / "clips", "clip")
    build(ClipList(tmp_path / "clips"), tmp_path / "cache", "val", 1, 1, FakeThunder(), WINDOWS)
    inputs = Cached(tmp_path / "cache").batch([0], 5).inputs
    level = float(inputs[4][0, 2, 0, 0, 0])  # float16
    assert abs(float(inputs[0][0, 2, 0, 0, 0]) - (level - 3)) <= 1 / 32 + 1e-2
    assert abs(float(inputs[2][0, 2, 0, 0, 0]) - level) <= 1 / 8 + 1e-2
