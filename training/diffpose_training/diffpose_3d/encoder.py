"""Context encoder: a spatio-temporal transformer from a window of 2D points to a window of 3D poses and features f_ST.

Alternates attention over the 17 joints of a frame with attention over the F frames, like MixSTE. To be affordable on a
processor, time is attended by whole frames: the joints of a frame are folded into one wide token and unfolded after.
Shapes: B windows, F frames, J joints, C channels of a joint, D channels of a frame.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from .lifting_input import FRAMES
from .skeleton import JOINTS


@dataclass(frozen=True)
class EncoderConfig:
    """Size of the encoder."""

    frames: int = FRAMES
    joint_width: int = 48  # C
    frame_width: int = 256  # D
    stages: int = 2  # each: spatial block, fold, temporal blocks, unfold
    temporal: int = 2  # temporal blocks a stage
    joint_heads: int = 4
    frame_heads: int = 8
    mlp: int = 2  # hidden width of the feed-forward layers / width


class Attention(nn.Module):
    """Multi-head self-attention over the second axis, whose length is fixed (a graph with known sizes is a small one)."""

    def __init__(self, width: int, heads: int, length: int):
        super().__init__()
        assert width % heads == 0, "heads must divide the width"
        self.heads, self.width, self.length = heads, width, length
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        t, c = self.length, self.width
        qkv = self.qkv(x).view(-1, t, 3, self.heads, c // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # (N, T, 3C) -> 3 x (N, H, T, C/H)
        y = functional.scaled_dot_product_attention(q, k, v, scale=(c // self.heads) ** -0.5)
        return self.out(y.transpose(1, 2).reshape(-1, t, c))


class Block(nn.Module):
    """Pre-norm transformer block."""

    def __init__(self, width: int, heads: int, mlp: int, length: int):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads, length)
        self.up, self.down = nn.Linear(width, mlp * width), nn.Linear(mlp * width, width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.down(functional.relu(self.up(self.norm2(x))))


class Encoder(nn.Module):
    """points (B, F, J, 3) -> pose (B, F, J, 3) in metres with the hip at zero, f_ST (B, F, J, C)."""

    def __init__(self, config: EncoderConfig = EncoderConfig()):
        super().__init__()
        self.config = config
        c, d = config.joint_width, config.frame_width
        self.embed = nn.Linear(3, c)
        self.joint = nn.Parameter(torch.randn(JOINTS, c) * 0.02)
        self.time = nn.Parameter(torch.randn(config.frames, d) * 0.02)
        self.spatial = nn.ModuleList(Block(c, config.joint_heads, config.mlp, JOINTS) for _ in range(config.stages + 1))
        self.fold = nn.ModuleList(nn.Linear(JOINTS * c, d) for _ in range(config.stages))
        self.unfold = nn.ModuleList(nn.Linear(d, JOINTS * c) for _ in range(config.stages))
        self.temporal = nn.ModuleList(
            Block(d, config.frame_heads, config.mlp, config.frames) for _ in range(config.stages * config.temporal)
        )
        self.norm = nn.LayerNorm(c)
        self.head = nn.Linear(c, 3)

    def forward(self, points: Tensor) -> tuple[Tensor, Tensor]:
        config, j, c = self.config, JOINTS, self.config.joint_width
        f = config.frames
        x = (self.embed(points) + self.joint).view(-1, j, c)  # (B F, J, C)
        token = self.time
        for stage in range(config.stages):
            x = self.spatial[stage](x)
            token = token + self.fold[stage](x.view(-1, f, j * c))  # (B, F, D)
            for block in self.temporal[stage * config.temporal : (stage + 1) * config.temporal]:
                token = block(token)
            x = x + self.unfold[stage](token).view(-1, j, c)
        x = self.spatial[-1](x)
        features = self.norm(x).view(-1, f, j, c)
        pose = self.head(features)
        return pose - pose[:, :, :1], features
