"""Annotated clips: joints by name, stills, ends of a clip."""

import json

import numpy as np
from fake_clips import write_clip

from diffpose_training.common.clips import frames_around, read_clips

POSETRACK = (
    "nose head_bottom head_top left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist "
    "left_hip right_hip left_knee right_knee left_ankle right_ankle"
).split()


def test_windows_repeat_the_nearest_frame_at_the_ends():
    assert frames_around(0, 5, 9) == [0, 0, 0, 1, 2]
    assert frames_around(8, 5, 9) == [6, 7, 8, 8, 8]
    assert frames_around(0, 5, 1) == [0] * 5
    assert frames_around(4, 3, 9, step=2) == [2, 4, 6]


def test_posetrack_names_find_their_coco_joints(tmp_path):
    write_clip(tmp_path, "clip", names=POSETRACK)
    points = read_clips(tmp_path)[0].people[1][0].points
    assert not points[1:3].any()  # eyes
    np.testing.assert_array_equal(points[5], [45, 40, 2])  # left shoulder: column 5 in both
    np.testing.assert_array_equal(points[3], [43, 36, 2])  # left ear


def test_stills_are_clips_of_one_frame(tmp_path):
    write_clip(tmp_path, "clip")
    file = tmp_path / "clip" / "annotations.json"
    content = json.loads(file.read_text())
    for image in content["images"]:
        del image["frame_id"]
    file.write_text(json.dumps(content))
    assert [len(clip.files) for clip in read_clips(tmp_path)] == [1] * 4
