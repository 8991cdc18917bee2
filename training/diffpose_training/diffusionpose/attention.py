"""Spatial-channel cross-attention between the features at noisy joints and those along noisy limbs (paper section MFP, A = A_c + A_s).

Query: keypoint features; key and value: skeleton features. A_s looks within windows of cells, A_c relates channels over the whole grid,
as in dual attention transformers. For A_c the equation of that paper is used, softmax(Q^T K / sqrt(N)) V^T, in which nothing comes of an empty
skeleton; its published code multiplies K^T V first.
"""

import torch
from torch import Tensor, nn


def to_windows(x: Tensor, size: int) -> Tensor:
    """(B, C, H, W) -> (B, windows, size * size, C)."""
    _, channels, height, width = x.shape
    x = x.reshape(-1, channels, height // size, size, width // size, size).permute(0, 2, 4, 3, 5, 1)
    return x.reshape(-1, height // size * (width // size), size * size, channels)


def from_windows(x: Tensor, size: int, grid: tuple[int, int]) -> Tensor:
    """(B, windows, size * size, C) -> (B, C, H, W)."""
    height, width = grid
    x = x.reshape(-1, height // size, width // size, size, size, x.shape[-1]).permute(0, 5, 1, 3, 2, 4)
    return x.reshape(-1, x.shape[1], height, width)


class CrossAttention(nn.Module):
    """A(query, key, key) of maps (B, C, H, W), whose sides are multiples of the window's."""

    def __init__(self, channels: int, grid: tuple[int, int], spatial: bool = True, channel: bool = True, window: int = 8, head: int = 16):
        super().__init__()
        assert spatial or channel, "one of both kinds of attention is needed"
        self.grid, self.window, self.heads, self.size = grid, window, max(channels // head, 1), min(head, channels)
        self.norm_query, self.norm_key = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.query, self.pair = nn.Linear(channels, channels), nn.Linear(channels, 2 * channels)
        self.out_spatial = nn.Linear(channels, channels) if spatial else None
        self.out_channel = nn.Linear(channels, channels) if channel else None

    def within_windows(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """A_s: tokens of a window among each other, (B, windows, cells, C)."""
        windows, cells, channels = query.shape[1:]
        q, k, v = (t.reshape(-1, cells, self.heads, self.size).transpose(1, 2) for t in (query, key, value))
        share = torch.softmax(q @ k.transpose(-1, -2) * self.size**-0.5, -1)
        return (share @ v).transpose(1, 2).reshape(-1, windows, cells, channels)

    def over_channels(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """A_c: channels of a group among each other, over all N cells."""
        windows, cells, channels = query.shape[1:]
        count = windows * cells
        q, k, v = (t.reshape(-1, count, self.heads, self.size).permute(0, 2, 3, 1) for t in (query, key, value))
        share = torch.softmax(q @ k.transpose(-1, -2) * count**-0.5, -1)
        return (share @ v).permute(0, 3, 1, 2).reshape(-1, windows, cells, channels)

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        q = self.query(self.norm_query(to_windows(query, self.window)))
        k, v = self.pair(self.norm_key(to_windows(key, self.window))).chunk(2, -1)
        parts = []
        if self.out_spatial is not None:
            parts.append(self.out_spatial(self.within_windows(q, k, v)))
        if self.out_channel is not None:
            parts.append(self.out_channel(self.over_channels(q, k, v)))
        return from_windows(sum(parts[1:], parts[0]), self.window, self.grid)
