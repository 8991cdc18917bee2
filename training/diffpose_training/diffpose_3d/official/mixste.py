"""The video lifter of the official code: MixSTE2, alternating attention over joints and over frames (section 5.1).

Attribute names follow the keys of the published checkpoints; everything else is written from the equations.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from .graph import JOINTS

HEADS = 8
BLOCK_EPS = 1e-6  # of every layer norm but the head's, which keeps the default of PyTorch


class Attention(nn.Module):
    """Attention with one joint map for query, key and value. Keys: qkv, proj."""

    def __init__(self, width: int, heads: int, qkv_bias: bool) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=qkv_bias)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        rows, tokens, width = x.shape
        size = width // self.heads
        query, key, value = (
            # (R, T, width) -> (R, heads, T, size)
            part.reshape(rows, tokens, self.heads, size).transpose(1, 2)
            for part in self.qkv(x).chunk(3, dim=2)
        )
        weights = torch.softmax(query @ key.transpose(2, 3) / math.sqrt(size), dim=-1)
        return self.proj((weights @ value).transpose(1, 2).reshape(rows, tokens, width))


class Perceptron(nn.Module):
    """Linear, GELU (exact), Linear. Keys: fc1, fc2."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(fn.gelu(self.fc1(x)))


class Block(nn.Module):
    """x + attention(norm1 x), then x + mlp(norm2 x). Keys: norm1, attn, norm2, mlp."""

    def __init__(self, width: int, hidden: int, heads: int, qkv_bias: bool) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=BLOCK_EPS)
        self.attn = Attention(width, heads, qkv_bias)
        self.norm2 = nn.LayerNorm(width, eps=BLOCK_EPS)
        self.mlp = Perceptron(width, hidden)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class MixSTE2(nn.Module):
    """Video lifter: (B, F, 17, 2) screen coordinates -> (B, F, 17, 3) metres, every frame at once.

    The two position tables are added once, before the first block of their kind; the two norms are shared by all blocks
    of their kind and follow each of them.
    """

    def __init__(
        self, frames: int = 243, width: int = 512, layers: int = 8, hidden: int = 1024, heads: int = HEADS,
        qkv_bias: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.Spatial_patch_to_embedding = nn.Linear(2, width)
        self.Spatial_pos_embed = nn.Parameter(torch.zeros(1, JOINTS, width))
        self.Temporal_pos_embed = nn.Parameter(torch.zeros(1, frames, width))
        self.STEblocks = nn.ModuleList(Block(width, hidden, heads, qkv_bias) for _ in range(layers))
        self.TTEblocks = nn.ModuleList(Block(width, hidden, heads, qkv_bias) for _ in range(layers))
        self.Spatial_norm = nn.LayerNorm(width, eps=BLOCK_EPS)
        self.Temporal_norm = nn.LayerNorm(width, eps=BLOCK_EPS)
        self.head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 3))

    @property
    def frames(self) -> int:
        """Length of the window."""
        return self.Temporal_pos_embed.shape[1]

    def forward(self, points: Tensor) -> Tensor:
        frames, width = self.Temporal_pos_embed.shape[1:]
        x = self.Spatial_patch_to_embedding(points.reshape(-1, JOINTS, 2)) + self.Spatial_pos_embed
        for index, (spatial, temporal) in enumerate(zip(self.STEblocks, self.TTEblocks, strict=True)):
            x = self.Spatial_norm(spatial(x))  # (B * F, J, width)
            # (B * F, J, width) -> (B * J, F, width)
            x = x.reshape(-1, frames, JOINTS, width).transpose(1, 2).reshape(-1, frames, width)
            if index == 0:
                x = x + self.Temporal_pos_embed
            x = self.Temporal_norm(temporal(x))
            # (B * J, F, width) -> (B * F, J, width)
            x = x.reshape(-1, JOINTS, frames, width).transpose(1, 2).reshape(-1, JOINTS, width)
        return self.head(x).reshape(-1, frames, JOINTS, 3)
