"""Noise on coordinates, drawings and masks: formulas, brute force, golden files."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from diffpose_training.common.heatmaps import draw, read_peaks
from diffpose_training.common.joint_sets import COCO17, JOINT_SETS
from diffpose_training.diffusionpose.fixtures import all_masks, attention, structure
from diffpose_training.diffusionpose.structure import STEPS, StructureConfig, add_noise, alphas_of, cells, masks, place, unit

GOLDEN = Path(__file__).resolve().parents[3] / "fixtures" / "golden" / "diffusionpose"
GRID = (64, 64)
SINGLE = 2e-5  # float32 sums in another order, values of size 1; golden files keep 6 digits
PEAKS = 2e-3  # golden peaks: logarithms of faint neighbours


def poses(count: int, seed: int = 0) -> torch.Tensor:
    """Random places well within the grid."""
    return 6 + 52 * torch.rand(count, 17, 2, generator=torch.Generator().manual_seed(seed))


def noised(points: torch.Tensor, t: int) -> torch.Tensor:
    """Where FDP puts them at time t, cells."""
    noise = torch.randn(points.shape, generator=torch.Generator().manual_seed(t))
    return place(add_noise(unit(points, GRID), noise, alphas_of()[t - 1].float(), 2.0), GRID, 2.0)


def test_cells_and_units_are_inverse_and_the_grid_runs_from_minus_one_to_one():
    points = poses(3)
    torch.testing.assert_close(cells(unit(points, (64, 48)), (64, 48)), points)
    assert unit(torch.tensor([48.0, 64.0]), (64, 48)).tolist() == [1, 1] and unit(torch.zeros(2), (64, 48)).tolist() == [-1, -1]


def test_hardly_any_noise_gives_the_heatmaps_of_the_truth():
    points = poses(8)
    again = draw(noised(points, 1), GRID, 2.0)
    assert float((read_peaks(again)[..., :2] - points).abs().max()) < 1.0


def test_at_the_last_step_joints_are_spread_over_the_whole_crop_whatever_the_pose_is():
    last = noised(torch.full((400, 17, 2), 10.0), STEPS)
    assert abs(float(last.mean()) - 32) < 0.6  # 13,600 numbers with deviation 15: six deviations of their mean
    assert 13 < float(last.std()) < 17  # a normal of deviation 16 cells, clamped at twice that
    assert last.min() >= 0 and last.max() <= 64


def test_more_signal_is_less_noise():
    points, noise = poses(50), torch.randn(50, 17, 2)
    off = [float((place(add_noise(unit(points, GRID), noise, alphas_of()[50].float(), z), GRID, z) - points).norm(dim=-1).mean()) for z in (1.0, 2.0, 5.0)]
    assert off[0] > off[1] > off[2]


def nearest(points: np.ndarray, segments: list[tuple[int, int]]) -> np.ndarray:
    """Distance of each cell's centre to the nearest segment, by trying many points of each."""
    row, column = np.mgrid[:64, :64] + 0.5
    best = np.full((64, 64), np.inf)
    for a, b in segments:
        for share in np.linspace(0, 1, 400):
            x, y = points[a] + share * (points[b] - points[a])
            best = np.minimum(best, np.hypot(column - x, row - y))
    return best


def test_masks_cover_exactly_the_joints_and_limbs_that_are_there():
    points, valid = poses(1)[0], torch.ones(17, dtype=torch.bool)
    valid[[3, 9]] = False
    found = masks(points[None], valid[None], COCO17.limbs, GRID, StructureConfig())[0].numpy()
    some = [i for i in range(17) if valid[i]]
    for mask, segments, reach in ((found[0], [(i, i) for i in some], 4), (found[1], [limb for limb in COCO17.limbs if valid[list(limb)].all()], 2)):
        distance = nearest(points.numpy(), segments)
        clear = abs(distance - reach) > 0.05  # the tried points of a segment lie up to 0.1 cells apart
        assert clear.mean() > 0.95
        np.testing.assert_array_equal(mask[clear] > 0, distance[clear] < reach)


def test_nobody_has_empty_masks_and_one_joint_has_no_limb():
    points, valid = poses(1), torch.zeros(1, 17, dtype=torch.bool)
    assert not masks(points, valid, COCO17.limbs, GRID, StructureConfig()).any()
    assert not masks(points, valid, COCO17.limbs, GRID, StructureConfig(soft=True)).any()
    valid[0, 4] = True
    one = masks(points, valid, COCO17.limbs, GRID, StructureConfig())[0]
    assert one[0].any() and not one[1].any()


def test_soft_masks_are_one_at_joints_and_fall_off():
    points = torch.full((1, 17, 2), 20.5)
    soft = masks(points, torch.ones(1, 17, dtype=torch.bool), COCO17.limbs, GRID, StructureConfig(soft=True))[0, 0]
    assert float(soft[20, 20]) == 1
    assert float(soft[20, 24]) == pytest.approx(np.exp(-0.5), abs=SINGLE)


def test_widths_grow_with_the_grid():
    points, valid = poses(1), torch.ones(1, 17, dtype=torch.bool)
    half, whole = (masks(points * k / 64, valid, COCO17.limbs, (k, k), StructureConfig()).mean((2, 3)) for k in (32, 64))
    torch.testing.assert_close(half, whole, rtol=0.1, atol=0.0)  # shares of the picture, but for edges
    small = draw(points / 2, (32, 32), 2.0)
    assert float(small.sum()) == pytest.approx(float(draw(points, GRID, 2.0).sum()) / 4, rel=0.02)


@pytest.mark.parametrize("name", list(JOINT_SETS))
def test_joint_sets_are_whole(name):
    joints = JOINT_SETS[name]
    assert len(joints.sigmas) == joints.count and sorted(joints.mirror) == list(range(joints.count))
    assert [joints.mirror[i] for i in joints.mirror] == list(range(joints.count))
    assert {i for limb in joints.limbs for i in limb} == set(range(joints.count))
    mirrored = {frozenset(joints.mirror[i] for i in limb) for limb in joints.limbs}
    assert mirrored == {frozenset(limb) for limb in joints.limbs}
    assert all(at < 0 or COCO17.joints[at] == joint for at, joint in zip(joints.from_coco, joints.joints))


def same(one, two, where: str = "") -> None:
    """Equal but for rounding; versions of PyTorch may differ."""
    if isinstance(one, dict):
        assert one.keys() == two.keys(), where
        for key in one:
            if key != "torch":
                same(one[key], two[key], f"{where}.{key}")
    elif isinstance(one, list):
        assert len(one) == len(two), where
        for i, (a, b) in enumerate(zip(one, two)):
            same(a, b, f"{where}[{i}]")
    elif isinstance(one, float):
        assert one == pytest.approx(two, abs=PEAKS if "samplers" in where else SINGLE, rel=SINGLE), where
    else:
        assert one == two, where


@pytest.mark.parametrize(("name", "made"), [("structure", structure), ("masks", all_masks), ("attention", attention)])
def test_golden_files_are_what_the_code_gives(name, made):
    same(json.loads(json.dumps(made())), json.loads((GOLDEN / f"{name}.json").read_text()))
