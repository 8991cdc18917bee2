"""Layers of the networks that stand on MoveNet's heatmaps and features."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

JOINTS = 17  # heatmaps of MoveNet


class Layer(nn.Module):
    """Pre-norm transformer layer."""

    def __init__(self, width: int, heads: int, feed: int):
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.feed = nn.Sequential(nn.Linear(width, feed * width), nn.GELU(), nn.Linear(feed * width, width))

    def forward(self, x: Tensor) -> Tensor:
        parts = self.qkv(self.norm1(x)).chunk(3, -1)
        query, key, value = (part.unflatten(-1, (self.heads, self.size)).transpose(1, 2) for part in parts)
        # Written out: on a processor this trains faster than the fused operator.
        share = torch.softmax(query @ key.transpose(-1, -2) * self.size**-0.5, -1)
        mixed = (share @ value).transpose(1, 2).flatten(2)
        x = x + self.out(mixed)
        return x + self.feed(self.norm2(x))


def conv(inputs: int, outputs: int, size: int = 3, stride: int = 1) -> nn.Sequential:
    """Convolution, batch norm, ReLU."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())


class Double(nn.Module):
    """A 2x2 deconvolution of stride 2, written as a 1x1 convolution and depth to space."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = nn.Conv2d(inputs, 4 * outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        return F.pixel_shuffle(self.conv(x), 2)


def evidence(logits: Tensor) -> Tensor:
    """MoveNet's logits as network input: 0 at and below -8, 1 at 0; keeps faint peaks apart."""
    return ((logits + 8) / 8).clamp(0, 1.5)


class Start(nn.Module):
    """The heatmaps that the head corrects: the key frame's probabilities, smoothed towards the target's width."""

    def __init__(self):
        super().__init__()
        self.smooth = nn.Conv2d(JOINTS, JOINTS, 5, padding=2, groups=JOINTS, bias=False)
        at = torch.arange(5) - 2.0
        kernel = torch.exp(-(at[:, None] ** 2 + at[None] ** 2) / 2)
        with torch.no_grad():
            self.smooth.weight.copy_((kernel / kernel.sum()).expand(JOINTS, 1, 5, 5))

    def forward(self, logits: Tensor) -> Tensor:
        return self.smooth(torch.sigmoid(logits))


def step_embedding(step: Tensor, size: int = 128) -> Tensor:
    """Sine and cosine of the step at frequencies from 1 to 1/10000: (M, size)."""
    half = size // 2
    frequencies = torch.exp(-math.log(10000.0) * torch.arange(half, device=step.device) / (half - 1))
    angles = step[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], 1)
