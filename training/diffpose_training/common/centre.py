"""The person in the middle [ours]: the backbone's heatmaps show everybody in a crop, and the strongest may be somebody else's.

Probabilities are weakened with the distance from where MoveNet's own decoding, which looks for the person nearest the middle, has the joint.
"""

import torch
from torch import Tensor

from .batches import Batch

REACH = 12.0  # cells
LEAST = 1e-6  # probabilities stay this far from 0 and 1


def centred(logits: Tensor, places: Tensor, reach: float) -> Tensor:
    """Logits (*, J, h, w) whose probabilities are times (reach / d)^2 where d, cells from places (*, J, 2), is above the reach."""
    rows, columns = (torch.arange(size) + 0.5 for size in logits.shape[-2:])
    square = (columns - places[..., 0, None, None]) ** 2 + (rows[:, None] - places[..., 1, None, None]) ** 2
    weight = reach**2 / square.clamp_min(reach**2)
    return torch.logit((torch.sigmoid(logits) * weight).clamp(LEAST, 1 - LEAST))


def centred_inputs(batch: Batch, reach: float) -> tuple[Tensor, ...]:
    """What an encoder is given of a batch, each frame about its own joints; with no reach as it is."""
    if not reach:
        return batch.inputs
    heat, *rest = batch.inputs
    return (centred(heat, batch.joints[..., :2], reach), *rest)
