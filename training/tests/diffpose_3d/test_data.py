"""Windows, bodies, cameras and the detector stand-in, on a made-up walking figure (the real data only where present)."""

import numpy as np
import pytest

from diffpose_training.diffpose_3d.batches import draw_batch, observe
from diffpose_training.diffpose_3d.camera import film
from diffpose_training.diffpose_3d.data import Mocap, default_data_dir, mirror, vary_bones
from diffpose_training.diffpose_3d.detector import body_points, intervals, smooth_noise
from diffpose_training.diffpose_3d.skeleton import MIRROR, PARENT, chebyshev_basis

REST = np.array(
    [[0, 0, 0], [-0.1, 0, 0], [-0.1, 0, -0.4], [-0.1, 0, -0.8], [0.1, 0, 0], [0.1, 0, -0.4], [0.1, 0, -0.8], [0, 0, 0.2]]
    + [[0, 0, 0.45], [0, 0, 0.63], [0, -0.02, 0.73], [0.18, 0, 0.45], [0.2, 0, 0.17], [0.2, -0.1, -0.08], [-0.18, 0, 0.45]]
    + [[-0.2, 0, 0.17], [-0.2, -0.1, -0.08]]
)  # z up; the person's right is at -x, so it faces -y


def write_clips(folder, clips=3, frames=160, seed=0):
    """A tiny set in the layout of the motion data."""
    rng = np.random.default_rng(seed)
    swing = np.cumsum(rng.normal(0, 0.004, (clips * frames, 17, 3)), 0)
    rel = REST + swing - swing[:, :1]
    root = np.cumsum(rng.normal(0, 0.01, (clips * frames, 3)), 0) + [0, 0, 0.9]
    file = folder / "train.npz"
    np.savez(
        file, rel=rel.astype(np.float16), root=root.astype(np.float32), start=np.arange(clips + 1, dtype=np.int32) * frames,
        kind=np.array(["amc", "daz", "bvh"])[:clips],
    )  # fmt: skip
    return file


@pytest.fixture(scope="module")
def mocap(tmp_path_factory):
    return Mocap(write_clips(tmp_path_factory.mktemp("mocap")))


def lengths(joints):
    return np.linalg.norm(joints[..., 1:, :] - joints[..., PARENT[1:], :], axis=-1)


def test_windows_stay_inside_of_their_clips_and_hit_frames_exactly(mocap):
    cut = mocap.cut(np.array([1]), np.array([3.0]), np.array([2.0]))
    np.testing.assert_array_equal(cut[0, 5], mocap.at(np.array([160 + 13]))[0])
    half = mocap.cut(np.array([1]), np.array([3.5]), np.array([1.0]))
    np.testing.assert_allclose(half[0, 0], mocap.at(np.array([163, 164])).mean(0), atol=1e-6)
    window = mocap.draw(np.random.default_rng(0), 200)
    assert window.joints.shape == (200, 27, 17, 3)
    assert window.dt.min() >= 1 / 60.01 and window.dt.max() <= 1 / 9.99
    assert np.linalg.norm(np.diff(window.joints[:, :, 0], axis=1), axis=-1).max() < 0.6  # no jump to another clip


def test_the_same_seed_draws_the_same_batch(mocap):
    a, b = (draw_batch(mocap, np.random.default_rng(5), 8) for _ in range(2))
    np.testing.assert_array_equal(a.points, b.points)
    np.testing.assert_array_equal(a.pose, b.pose)


def test_bone_variation_is_symmetric_and_one_body_a_window(mocap):
    joints = np.tile(REST.astype(np.float32), (64, 27, 1, 1))
    varied = vary_bones(joints, np.random.default_rng(1))
    bones = lengths(varied)
    left = [MIRROR[j] - 1 for j in range(1, 17)]
    np.testing.assert_allclose(bones, bones[..., left], atol=1e-5)
    assert np.ptp(bones, axis=1).max() < 1e-5
    hips, shoulders = bones[:, 0, 0], bones[:, 0, 10]
    changed = np.abs(bones[:, 0] - lengths(joints)[:, 0]).max(-1) > 1e-4
    assert 0.6 < changed.mean() < 1
    assert hips[changed].min() > 0.085 * 0.91 and hips[changed].max() < 0.14 * 1.09
    assert shoulders[changed].min() > 0.13 * 0.91 and shoulders[changed].max() < 0.205 * 1.09


def test_mirror_keeps_lengths_and_swaps_sides(mocap):
    joints = mocap.draw(np.random.default_rng(2), 4).joints
    flipped = mirror(joints, np.array([True, False, True, False]))
    np.testing.assert_array_equal(flipped[1], joints[1])
    np.testing.assert_allclose(flipped[0, :, 4, 0], -joints[0, :, 1, 0])
    np.testing.assert_array_equal(mirror(flipped, np.array([True, False, True, False])), joints)


def test_cameras_see_people_upright_in_front_and_in_the_picture(mocap):
    joints = np.tile(REST.astype(np.float32), (300, 27, 1, 1))
    shot = film(joints, np.random.default_rng(3))
    assert shot.joints[..., 2].min() >= 0.8 - 1e-6
    np.testing.assert_allclose(lengths(shot.joints), lengths(joints), atol=1e-5)  # rigid
    pixels = shot.project(shot.joints)
    assert (pixels[..., 10, 1] < pixels[..., 0, 1]).mean() > 0.99  # heads are above hips, y points down
    hip = pixels[:, :, 0] / shot.image[:, None]
    assert ((hip > 0) & (hip < 1)).all()
    # Handedness: whoever faces the camera has the right hand on the picture's left.
    across = shot.joints[:, 0, 14] - shot.joints[:, 0, 11]
    up = shot.joints[:, 0, 8] - shot.joints[:, 0, 0]
    sight = shot.joints[:, 0, 8] / np.linalg.norm(shot.joints[:, 0, 8], axis=-1, keepdims=True)
    to_camera = (np.cross(up, across) * sight).sum(-1) < -0.05
    assert to_camera.sum() > 30
    assert (pixels[to_camera, 0, 14, 0] < pixels[to_camera, 0, 11, 0]).all()


def test_the_face_looks_forward():
    joints = np.tile(REST.astype(np.float32), (50, 3, 1, 1))
    points, _ = body_points(joints, np.random.default_rng(4))
    nose = points[:, 0, 0] - joints[:, 0, 9]
    assert nose[:, 1].mean() < -0.05  # the figure faces -y
    assert points[:, 0, 3, 0].mean() > points[:, 0, 4, 0].mean()  # left ear on the person's left
    hips = points[:, 0, 11, 0] - points[:, 0, 12, 0]
    assert (hips >= 0.2 - 1e-6).all()


def test_detector_errors_are_correlated_in_time_and_scores_fall_with_them(mocap):
    rng = np.random.default_rng(6)
    noise = smooth_noise(rng, (4000, 6, 2), np.full(4000, 0.8))
    assert abs((noise[:, 2] * noise[:, 3]).mean() - 0.8) < 0.05
    assert abs(noise.std() - 1) < 0.03
    batch = observe(mocap.draw(rng, 200).joints, np.full(200, 0.04), rng)
    error = np.linalg.norm(batch.points[..., :2] - batch.image_points, axis=-1)
    seen = batch.points[..., 2] > 0
    sure, unsure = seen & (batch.points[..., 2] > 0.7), seen & (batch.points[..., 2] < 0.3)
    assert np.median(error[unsure]) > 2 * np.median(error[sure])
    assert 0.01 < 1 - seen.mean() < 0.25
    assert (batch.points[~seen] == 0).all()
    assert np.abs(batch.pose[:, :, 0]).max() == 0


def test_intervals_are_single_runs():
    on = intervals(np.random.default_rng(7), 500, 27, 10)
    assert on.sum(1).max() <= 10
    assert (np.diff(on.astype(int), axis=1) == 1).sum(1).max() <= 1


def test_graph_basis_is_the_chebyshev_recurrence():
    identity, laplacian, second = chebyshev_basis()
    np.testing.assert_allclose(second, 2 * laplacian @ laplacian - identity, atol=1e-6)
    np.testing.assert_allclose(laplacian.sum(1), 0, atol=1e-6)
    assert laplacian[0, 8] == 0 and second[0, 8] != 0  # two bones apart


@pytest.mark.skipif(not (default_data_dir() / "val.npz").exists(), reason="motion data absent: set DIFFPOSE_MOCAP")
def test_real_data_gives_people_of_human_size():
    batch = draw_batch(Mocap(default_data_dir() / "val.npz"), np.random.default_rng(0), 64)
    assert np.isfinite(batch.points).all() and np.isfinite(batch.image_points).all()
    thighs = np.linalg.norm(batch.pose[:, :, 2] - batch.pose[:, :, 1], axis=-1)
    assert 0.3 < thighs.min() and thighs.max() < 0.6
