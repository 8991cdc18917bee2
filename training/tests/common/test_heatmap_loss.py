"""The loss of heatmaps."""

import pytest
import torch

from diffpose_training.common.heatmap_loss import heatmap_loss
from diffpose_training.common.heatmaps import draw


@pytest.mark.parametrize("grid", [(64, 64), (32, 32), (64, 48)])
def test_the_loss_of_an_empty_answer_is_one_and_joints_without_weight_do_not_count(grid):
    inner = torch.tensor([grid[1] - 16.0, grid[0] - 16.0])
    target, weight = draw(8 + inner * torch.rand(3, 17, 2, generator=torch.Generator().manual_seed(0)), grid), torch.ones(3, 17)
    assert float(heatmap_loss(torch.zeros(3, 17, *grid), target, weight)) == pytest.approx(1, abs=0.02)
    weight[:, 9:] = 0
    answer = target.clone()
    answer[:, 9:] = 7
    assert float(heatmap_loss(answer, target, weight)) == 0
