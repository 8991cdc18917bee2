"""Degradations: seeds, clean frames."""

import numpy as np
import pytest

from diffpose_training.common.degrade import SINGLE, Spoil, apply, draw_occluders, draw_plan


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
