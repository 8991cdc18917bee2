"""The person in the middle [ours]: the backbone's heatmaps show everybody in a crop, and the convolution head's start would take the strongest.

Probabilities are weakened with the distance from where MoveNet's own decoding, which looks for the person nearest the middle, has the joint.
"""

import torch
from torch import Tensor

from ..common.batches import Batch
from .model import ModelConfig

LEAST = 1e-6  # probabilities stay this far from 0 and 1


def centred(logits: Tensor, places: Tensor, radius: float) -> Tensor:
    """Logits (B, J, h, w) whose probabilities are times (radius / d)^2 where d, cells from places (B, J, 2), is above the radius."""
    rows, columns = (torch.arange(size) + 0.5 for size in logits.shape[-2:])
    square = (columns - places[..., 0, None, None]) ** 2 + (rows[:, None] - places[..., 1, None, None]) ** 2
    weight = radius**2 / square.clamp_min(radius**2)
    return torch.logit((torch.sigmoid(logits) * weight).clamp(LEAST, 1 - LEAST))


def inputs_of(batch: Batch, config: ModelConfig) -> tuple[Tensor, ...]:
    """What the encoder is given of a batch."""
    if config.backbone != "movenet" or not config.centre:
        return batch.inputs
    heat, *rest = batch.inputs
    return (centred(heat, batch.movenet[..., :2], config.centre), *rest)
