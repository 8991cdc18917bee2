"""The person in the middle: weights by distance, each frame about its own joints."""

import pytest
import torch

from diffpose_training.common.batches import Batch, backwards
from diffpose_training.common.centre import LEAST, centred, centred_inputs
from diffpose_training.common.heatmaps import draw, read_peaks


def test_heatmaps_are_weakened_far_from_the_person_in_the_middle():
    logits = torch.linspace(-9, 5, 64 * 64).reshape(1, 1, 64, 64)
    out = centred(logits, torch.tensor([[[10.5, 20.5]]]), 4.0)[0, 0].double().sigmoid()
    before = logits[0, 0].double().sigmoid()
    assert torch.allclose(out[20, 10:15], before[20, 10:15])  # up to the radius
    for row, column, weight in ((20, 18, (4 / 8) ** 2), (50, 50, 16 / (30**2 + 40**2)), (0, 63, 16 / (20**2 + 53**2))):
        assert float(out[row, column]) == pytest.approx(max(float(before[row, column]) * weight, LEAST), rel=1e-3)


def moving(frames: int) -> Batch:
    """One window: our person walks to the right on the left, somebody whom the maps show stronger stands on the right."""
    places = torch.stack([torch.full((17, 2), 8.5 + 2 * f) for f in range(frames)])[None]
    heat = -8 + 9 * draw(places, (64, 64), 2.0) + 11 * draw(torch.full((1, frames, 17, 2), 58.5), (64, 64), 2.0)
    one, joints = torch.ones(1, 17), torch.cat([places, torch.ones(1, frames, 17, 1)], -1)
    return Batch((heat, torch.zeros(1, 24, 64, 64)), places[:, frames // 2], one, one, joints[:, frames // 2], one, one, joints)


def test_each_frame_is_looked_at_about_its_own_joints():
    batch = moving(5)
    assert torch.equal(centred_inputs(batch, 0.0)[0], batch.inputs[0])
    heat, rest = centred_inputs(batch, 6.0)
    assert rest is batch.inputs[1]
    assert torch.allclose(read_peaks(heat.sigmoid())[..., :2], batch.joints[..., :2], atol=0.2)
    assert float((read_peaks(batch.inputs[0].sigmoid())[..., :2] - 58.5).abs().max()) < 0.1


def test_joints_stay_with_their_frames_when_time_is_reversed():
    batch, other = backwards(moving(5), torch.tensor([True])), moving(5)
    assert torch.equal(batch.joints, other.joints.flip(1)) and torch.equal(batch.movenet, other.movenet)
    assert torch.equal(centred_inputs(batch, 6.0)[0], centred_inputs(other, 6.0)[0].flip(1))
