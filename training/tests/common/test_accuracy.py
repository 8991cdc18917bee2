"""Figures of known predictions."""

import numpy as np

from diffpose_training.common.accuracy import measure
from diffpose_training.common.clips import Sight


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
