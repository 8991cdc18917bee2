"""Crops, degradations, clips, the cache: geometry, seeds, borders, resuming."""

import json

import numpy as np
import pytest
from PIL import Image

from diffpose_training.diffpose_video import cache as caches
from diffpose_training.diffpose_video.cache import ClipList, Store, build, choose_window, crops_of, target_of
from diffpose_training.diffpose_video.clips import JOINTS, frames_around, read_clips
from diffpose_training.diffpose_video.crop import crop_of, mirror_points, sample_crop
from diffpose_training.diffpose_video.dataset import Mixture, Windows
from diffpose_training.diffpose_video.degrade import KINDS, SINGLE, Spoil, apply, draw_occluders, draw_plan
from diffpose_training.diffpose_video.movenet import Seen

ROUNDING = 1e-3  # float32 pixels
POSETRACK = (
    "nose head_bottom head_top left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist "
    "left_hip right_hip left_knee right_knee left_ankle right_ankle"
).split()


class FakeThunder:
    """Features that follow from the crop's mean."""

    def __init__(self):
        self.crops = 0

    def __call__(self, crops: np.ndarray) -> Seen:
        self.crops += len(crops)
        level = crops.mean((1, 2, 3))[:, None, None, None]

        def plane(channels: int, side: int) -> np.ndarray:
            return np.broadcast_to(level / 100, (len(crops), channels, side, side)).astype(np.float32)

        return Seen(
            plane(24, 64), plane(24, 32), plane(32, 16), plane(64, 8), plane(1, 64), plane(17, 64) - 3, plane(34, 64), plane(34, 64)
        )


def write_clip(folder, name: str, frames: int = 4, size=(120, 90), **extra) -> None:
    """Pictures of noise and one person who walks to the right."""
    (folder / name).mkdir(parents=True)
    rng = np.random.default_rng(len(name))
    images, annotations = [], []
    for frame in range(frames):
        picture = rng.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
        Image.fromarray(picture).save(folder / name / f"{frame:03d}.png")
        images.append({"id": frame, "file_name": f"{name}/{frame:03d}.png", "frame_id": frame})
        points = [[40 + frame + joint, 30 + 2 * joint, 1 + joint % 2] for joint in range(17)]
        annotations.append({
            "id": frame, "image_id": frame, "track_id": 1, "category_id": 1, "bbox": [35 + frame, 25, 30, 45], "area": 700.0,
            "keypoints": [v for p in points for v in p],
        })  # fmt: skip
    category = {"id": 1, "name": "person", "keypoints": extra.pop("names", list(JOINTS))}
    content = {"info": extra, "images": images, "annotations": annotations, "categories": [category]}
    (folder / name / "annotations.json").write_text(json.dumps(content))


def test_a_crop_of_its_own_size_gives_the_pixels_back():
    picture = np.random.default_rng(0).integers(0, 255, (256, 256, 3)).astype(np.uint8)
    crop = crop_of((0, 0, 256, 256), padding=1)
    np.testing.assert_allclose(sample_crop(picture, crop), picture, atol=ROUNDING)


def test_a_crop_is_black_outside_and_a_square_about_the_middle_of_the_box():
    crop = crop_of((10, 20, 40, 80))
    assert crop.scale == pytest.approx(80 * 1.25 / 256)
    np.testing.assert_allclose(crop.to_frame(np.array([128.0, 128.0])), (30, 60))
    np.testing.assert_allclose(crop.to_crop(crop.to_frame(np.array([3.0, 250.0]))), (3, 250))
    pixels = sample_crop(np.full((100, 40, 3), 200, np.uint8), crop)
    assert pixels[128, 128, 0] == pytest.approx(200) and not pixels[0, 0].any()


def test_a_strong_reduction_sees_every_pixel():
    picture = np.zeros((1024, 1024, 3), np.uint8)
    picture[::2] = 200
    assert np.ptp(sample_crop(picture, crop_of((0, 0, 1024, 1024), padding=1))) < ROUNDING


def test_mirroring_twice_changes_nothing():
    points = np.random.default_rng(0).uniform(0, 256, (17, 3))
    np.testing.assert_allclose(mirror_points(mirror_points(points, 256), 256), points)


@pytest.mark.parametrize("kind", SINGLE)
def test_degradations_follow_from_their_seed(kind):
    picture = np.random.default_rng(0).integers(0, 255, (96, 96, 3)).astype(np.float32)
    occluders = draw_occluders(np.random.default_rng(5))
    spoils = [(Spoil(kind, 0.7, seed, occluders),) for seed in (1, 1, 2)]
    one, same, other = (apply(picture, (20, 10, 50, 80), s) for s in spoils)
    assert np.array_equal(one, same) and one.shape == picture.shape and one.min() >= 0 and one.max() <= 255
    assert np.abs(one - picture).mean() > 1
    if kind in ("blur", "small", "dark"):
        assert not np.array_equal(one, other)


def test_plans_leave_frames_clean_and_follow_from_the_generator():
    plans = [draw_plan("mixed", [-2, -1, 0, 1, 2], np.random.default_rng(seed)) for seed in range(300)]
    assert plans[7] == draw_plan("mixed", [-2, -1, 0, 1, 2], np.random.default_rng(7))
    clean = np.mean([not spoils for plan in plans for spoils in plan.frames])
    assert 0.12 < clean < 0.3  # 30 % of those windows where nothing lasts
    assert not any(draw_plan("clean", [0, 1], np.random.default_rng(0)).frames)
    assert all(draw_plan("small", [0, 1], np.random.default_rng(0)).frames)


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


def test_absent_joints_of_rendered_truth_ask_for_an_empty_map_and_those_of_others_for_nothing(tmp_path):
    write_clip(tmp_path, "a")
    write_clip(tmp_path, "b", format="synth/1")
    for clip, weight in zip(read_clips(tmp_path), (0, caches.ABSENT_WEIGHT)):
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


def test_the_cache_resumes_to_the_same_windows(tmp_path):
    for name in ("clip_00000", "clip_00001", "clip_00002"):
        write_clip(tmp_path / "clips", name, format="synth/1")
    clips = ClipList(tmp_path / "clips", None, False)
    assert build(clips, tmp_path / "whole", "train", 6, 1, FakeThunder()) == 6
    assert build(clips, tmp_path / "parts", "train", 6, 1, FakeThunder(), stop_after=4) == 4
    thunder = FakeThunder()
    assert build(clips, tmp_path / "parts", "train", 6, 1, thunder) == 6
    assert thunder.crops <= 10  # only the two that were missing
    for name in (*caches.FIELDS, *caches.PLAIN):
        np.testing.assert_array_equal(Store(tmp_path / "whole").arrays[name], Store(tmp_path / "parts").arrays[name])


def test_the_cache_stops_at_a_clip_that_is_not_there_yet(tmp_path):
    write_clip(tmp_path / "clips", "clip_00000")
    clips = ClipList(tmp_path / "clips", 2, False)
    assert build(clips, tmp_path / "cache", "train", 6, 1, FakeThunder()) == 1
    write_clip(tmp_path / "clips", "clip_00001")
    assert build(clips, tmp_path / "cache", "train", 6, 1, FakeThunder()) == 6


def test_validation_windows_take_the_degradations_in_turn(tmp_path):
    write_clip(tmp_path / "clips", "clip")
    build(ClipList(tmp_path / "clips", None, False), tmp_path / "cache", "val", 12, 1, FakeThunder())
    windows = Windows(tmp_path / "cache")
    batch = windows.batch(range(12), frames=3)
    assert batch.meta[:, 0].tolist() == list(range(len(KINDS))) * 2
    assert [tuple(v.shape[1:]) for v in batch.inputs] == [(3, 17, 64, 64), (24, 64, 64), (3, 24, 32, 32), (3, 32, 16, 16), (3, 64, 8, 8)]
    drawn = [Mixture([windows], [1.0], 3).draw(5, 4, 5).points for _ in range(2)]
    np.testing.assert_array_equal(*drawn)


def test_stored_features_come_back_within_a_step(tmp_path):
    write_clip(tmp_path / "clips", "clip")
    build(ClipList(tmp_path / "clips", None, False), tmp_path / "cache", "val", 1, 1, FakeThunder())
    inputs = Windows(tmp_path / "cache").batch([0]).inputs
    level = float(inputs[4][0, 2, 0, 0, 0])  # float16
    assert abs(float(inputs[0][0, 2, 0, 0, 0]) - (level - 3)) <= 1 / 32 + 1e-2
    assert abs(float(inputs[2][0, 2, 0, 0, 0]) - level) <= 1 / 8 + 1e-2
