"""Targets of absent joints, repeated frames."""

import numpy as np
from fake_clips import write_clip

from diffpose_training.common.clips import read_clips
from diffpose_training.common.crop import crop_of
from diffpose_training.common.windows import ABSENT_WEIGHT, choose_window, crops_of, target_of

ROUNDING = 1e-3  # float32 pixels


def test_absent_joints_of_rendered_truth_ask_for_an_empty_map_and_those_of_others_for_nothing(tmp_path):
    write_clip(tmp_path, "a")
    write_clip(tmp_path, "b", format="synth/1")
    for clip, weight in zip(read_clips(tmp_path), (0, ABSENT_WEIGHT)):
        sight = clip.people[1][0]
        sight.points[3] = 0
        target = target_of(sight, crop_of(sight.box), False)
        assert target[3, 2] == weight and target[3, 3] == 0
        assert target[4, 2] == 0.5 and target[5, 2] == 1 and target[5, 3] == 1
        np.testing.assert_allclose(crop_of(sight.box).to_frame(target[5, :2] * 4), sight.points[5, :2], atol=ROUNDING)


def test_a_repeated_frame_is_spoilt_once(tmp_path):
    write_clip(tmp_path, "clip", frames=1)
    clip = read_clips(tmp_path)[0]
    window = choose_window(clip, np.random.default_rng(0), "train", 0)
    crops, _, order, _ = crops_of(clip, window)
    assert len(crops) == 1 and order == [0] * 5
