"""The input chain: conversion, virtual camera and its inverse, missing joints, clip ends, the golden fixture."""

import json
from pathlib import Path

import numpy as np
import pytest

from diffpose_training.diffpose_3d.fixtures import STANDING, input_fixture
from diffpose_training.diffpose_3d.lifting_input import (
    CONSTANTS, clip_window, coco_to_h36m, lift_input, network_input, rotation_to_axis, stride_for, virtual_camera,
)  # fmt: skip

GOLDEN = Path(__file__).resolve().parents[3] / "fixtures" / "golden" / "diffpose_3d" / "lifting_input.json"
DOUBLE = 1e-9  # px, double precision through one rotation and back


def person(rng, corner=(300, 80), size=350, frames=5):
    points = STANDING * size + np.array(corner) + rng.normal(0, 3, (frames, 17, 2))
    return points, rng.uniform(0.4, 1, (frames, 17))


def test_golden_fixture_is_what_the_code_makes():
    golden = json.loads(GOLDEN.read_text())
    made = input_fixture(golden["provenance"]["seed"])
    for ours, theirs in zip(made["cases"], golden["cases"]):
        assert ours["name"] == theirs["name"]
        for key in ("R", "size", "input"):
            np.testing.assert_allclose(np.array(ours[key], float), np.array(theirs[key], float), atol=2e-6, rtol=0)


def test_conversion_copies_limbs_and_derives_the_trunk():
    points, scores = person(np.random.default_rng(0))
    joints, score = coco_to_h36m(points, scores)
    np.testing.assert_array_equal(joints[:, 3], points[:, 16])  # right ankle
    np.testing.assert_array_equal(joints[:, 13], points[:, 9])  # left wrist
    np.testing.assert_allclose(joints[:, 7], (joints[:, 0] + joints[:, 8]) / 2)
    np.testing.assert_allclose(score[:, 7], 0.9 * scores[:, [5, 6, 11, 12]].min(-1))
    np.testing.assert_array_equal(score[:, 1], scores[:, 12])


def test_conversion_uses_the_visible_ear_and_counts_nan_as_missing():
    points, scores = person(np.random.default_rng(1))
    scores[:, 4] = 0
    points[:, 4] = np.nan
    joints, score = coco_to_h36m(points, scores)
    assert np.isfinite(joints).all()
    expected = joints[:, 8] + CONSTANTS["neck"] * (points[:, 3] - joints[:, 8])
    np.testing.assert_allclose(joints[:, 9], expected, atol=1e-2)  # the other ear keeps a weight of 1e-6
    points[2, 11] = np.nan
    _, score = coco_to_h36m(points, scores)
    assert score[2, 0] == score[2, 7] == score[2, 4] == 0


def test_rotation_takes_the_ray_to_z_and_is_a_rotation():
    rays = np.random.default_rng(2).normal(0, 0.4, (50, 3)) + [0, 0, 1.5]
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    R = rotation_to_axis(rays)
    np.testing.assert_allclose(np.einsum("nij,nj->ni", R, rays), np.tile([0, 0, 1], (50, 1)), atol=1e-12)
    np.testing.assert_allclose(R @ R.transpose(0, 2, 1), np.tile(np.eye(3), (50, 1, 1)), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(R), 1)
    # the smallest one: its angle is the ray's angle to z
    np.testing.assert_allclose((np.trace(R, axis1=1, axis2=2) - 1) / 2, rays[:, 2], atol=1e-12)


@pytest.mark.parametrize("corner", [(10, 10), (900, 300), (-50, 500)])
def test_normalised_points_go_back_to_their_pixels(corner):
    points, scores = person(np.random.default_rng(3), corner)
    joints, score = coco_to_h36m(points, scores)
    camera = virtual_camera(joints, score, (1280, 720), 1300.0)
    np.testing.assert_allclose(camera.denormalise(camera.normalise(joints)), joints, atol=DOUBLE * 1e3)


def test_person_spans_about_minus_one_to_one_wherever_it_stands():
    for corner, size in (((10, 10), 300), ((900, 300), 120), ((400, 200), 500)):
        points, scores = person(np.random.default_rng(4), corner, size)
        network, _ = lift_input(points, scores, (1280, 720), 1408.0)
        assert 0.85 < np.abs(network[..., :2]).max() < 1.25
        assert np.abs(network[..., :2].mean()) < 0.2


def test_missing_joints_are_zero_and_far_ones_clamped():
    points, scores = person(np.random.default_rng(5))
    scores[1, 9] = 0.04
    points[2, 10], scores[2, 10] = (1e5, 0), 0.1  # unsure, so it does not make the box
    joints, score = coco_to_h36m(points, scores)
    network = network_input(joints, score, virtual_camera(joints, score, (640, 480), 704.0))
    assert network.dtype == np.float32
    assert (network[1, 13] == 0).all()
    assert network[2, 16, 0] == 4


def test_window_repeats_edge_frames_with_half_their_score():
    points, scores = person(np.random.default_rng(6), frames=4)
    window, weight = clip_window(points, scores, -2, 1, 8)
    np.testing.assert_array_equal(window[0], points[0])
    np.testing.assert_array_equal(weight[1], scores[0] / 2)
    np.testing.assert_array_equal(weight[2], scores[0])
    np.testing.assert_array_equal(weight[7], scores[3] / 2)


def test_batches_equal_single_windows():
    rng = np.random.default_rng(7)
    a, b = person(rng), person(rng, (700, 200), 200)
    images, focal = np.array([[640.0, 480], [1280, 720]]), np.array([700.0, 1200])
    both, camera = lift_input(np.stack([a[0], b[0]]), np.stack([a[1], b[1]]), images, focal)
    for i, one in enumerate((a, b)):
        single, alone = lift_input(*one, images[i], focal[i])
        np.testing.assert_array_equal(both[i], single)
        np.testing.assert_array_equal(camera.R[i], alone.R)


def test_only_clips_above_60_frames_a_second_are_interleaved():
    assert [stride_for(fps) for fps in (10, 25, 60, 61, 120, 240)] == [1, 1, 1, 2, 2, 4]
