"""The graph transformer of the official code: lifter (GCNpose) and denoiser (GCNdiff), specification 5.1 and 5.3.

Attribute names follow the keys of the published checkpoints; everything else is written from the equations.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from .graph import JOINTS, ChebConv

HEADS = 4
STATE_CHANNELS = 5  # u, v, x, y, z


class StdNorm(nn.Module):
    """a * (x - mean) / (std + 1e-6) + b with the unbiased std: not the usual layer norm. Keys: a_2, b_2."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.a_2 = nn.Parameter(torch.ones(width))
        self.b_2 = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        centred = x - x.mean(dim=-1, keepdim=True)
        variance = (centred * centred).sum(dim=-1, keepdim=True) / (x.shape[-1] - 1)
        return self.a_2 * centred / (variance.sqrt() + 1e-6) + self.b_2


class JointAttention(nn.Module):
    """Self-attention over the joints. Keys: linears.0 to linears.3 are the query, key, value and output maps."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.linears = nn.ModuleList(nn.Linear(width, width) for _ in range(4))
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor) -> Tensor:
        width = x.shape[-1]
        size = width // self.heads
        query, key, value = (
            # (B, J, width) -> (B, heads, J, size)
            linear(x).reshape(-1, JOINTS, self.heads, size).transpose(1, 2)
            for linear in list(self.linears)[:3]
        )
        weights = torch.softmax(query @ key.transpose(2, 3) / math.sqrt(size), dim=-1)
        joined = (self.dropout(weights) @ value).transpose(1, 2).reshape(-1, JOINTS, width)
        return self.linears[3](joined)


class LearnedGraphLayer(nn.Module):
    """The linear part of a convolution on the learned graph. Key: fc."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.fc = nn.Linear(channels_in, channels_out)


class GraphNet(nn.Module):
    """Two convolutions on one learned adjacency: width -> 2 * width, ReLU, -> width. Keys: A_hat, gconv1, gconv2.

    The degrees are **column** sums (plus 1e-5), as in the published code; A_hat is not symmetric once trained, so row
    sums would give other numbers.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.A_hat = nn.Parameter(torch.eye(JOINTS))
        self.gconv1 = LearnedGraphLayer(width, 2 * width)
        self.gconv2 = LearnedGraphLayer(2 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        scale = (self.A_hat.sum(dim=0) + 1e-5) ** -0.5
        spread = scale[:, None] * self.A_hat * scale[None, :]
        hidden = torch.relu(self.gconv1.fc(torch.matmul(spread, x)))
        return self.gconv2.fc(torch.matmul(spread, hidden))


class Residual(nn.Module):
    """The norm and the dropout around one branch. Key: norm."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.norm = StdNorm(width)
        self.dropout = nn.Dropout(dropout)


class AttentionLayer(nn.Module):
    """x + attention(norm x), then x + graph(norm x). Keys: self_attn, feed_forward, sublayer.0, sublayer.1."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.self_attn = JointAttention(width, heads)
        self.feed_forward = GraphNet(width)
        self.sublayer = nn.ModuleList(Residual(width, dropout) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        first, second = self.sublayer
        x = x + first.dropout(self.self_attn(first.norm(x)))
        return x + second.dropout(self.feed_forward(second.norm(x)))


class FilterLayer(nn.Module):
    """ChebConv, ReLU, dropout. (The code applies ReLU once more, which changes nothing.) Key: gconv."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gconv = ChebConv(width, width)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor) -> Tensor:
        return self.dropout(torch.relu(self.gconv(x)))


class GraphLayer(nn.Module):
    """x + C2(C1(x) + projected step embedding). Keys: gconv1, gconv2 and, in the denoiser, temb_proj."""

    def __init__(self, width: int, step_width: int | None) -> None:
        super().__init__()
        self.gconv1 = FilterLayer(width)
        self.gconv2 = FilterLayer(width)
        if step_width is not None:
            self.temb_proj = nn.Linear(step_width, width)

    def forward(self, x: Tensor, step: Tensor | None = None) -> Tensor:
        hidden = self.gconv1(x)
        if step is not None:
            hidden = hidden + self.temb_proj(fn.silu(step))[:, None, :]
        return x + self.gconv2(hidden)


class StepEmbedding(nn.Module):
    """Sinusoid of the raw step index -> Linear -> SiLU -> Linear. Keys: dense.0, dense.1."""

    def __init__(self, width: int) -> None:
        super().__init__()
        half = width // 2
        frequencies = torch.exp(torch.arange(half, dtype=torch.float32) * -(math.log(10000) / (half - 1)))
        self.register_buffer("frequencies", frequencies, persistent=False)
        self.dense = nn.ModuleList([nn.Linear(width, 4 * width), nn.Linear(4 * width, 4 * width)])

    def forward(self, step: Tensor) -> Tensor:
        angle = step[:, None] * self.frequencies[None, :]  # (P,) -> (P, width / 2)
        return self.dense[1](fn.silu(self.dense[0](torch.cat([angle.sin(), angle.cos()], dim=1))))


class _GraFormer(nn.Module):
    """What the lifter and the denoiser share: in, (attention, graph) times `layers`, out."""

    def __init__(
        self, channels_in: int, channels_out: int, width: int, layers: int, heads: int, dropout: float,
        conditioned: bool, embedded: bool,
    ) -> None:  # fmt: skip
        super().__init__()
        self.width = width
        self.gconv_input = ChebConv(channels_in, width)
        self.gconv_layers = nn.ModuleList(GraphLayer(width, 4 * width if conditioned else None) for _ in range(layers))
        self.atten_layers = nn.ModuleList(AttentionLayer(width, heads, dropout) for _ in range(layers))
        self.gconv_output = ChebConv(width, channels_out)
        if embedded:
            self.temb = StepEmbedding(width)

    def _run(self, x: Tensor, step: Tensor | None) -> Tensor:
        x = self.gconv_input(x)
        for attention, graph in zip(self.atten_layers, self.gconv_layers, strict=True):
            x = graph(attention(x), step)
        return self.gconv_output(x)


class GCNpose(_GraFormer):
    """Frame lifter: (B, 17, 2) screen coordinates -> (B, 17, 3) metres.

    The published checkpoints carry an embedding of the step that the lifter never uses (`step_embedding`).
    """

    def __init__(
        self, width: int = 96, layers: int = 5, heads: int = HEADS, dropout: float = 0.25, step_embedding: bool = True
    ) -> None:
        super().__init__(2, 3, width, layers, heads, dropout, conditioned=False, embedded=step_embedding)

    def forward(self, points: Tensor) -> Tensor:
        return self._run(points, None)


class GCNdiff(_GraFormer):
    """Denoiser: state (P, 17, 5) and raw step index (P,) float32 -> noise (P, 17, 5)."""

    def __init__(self, width: int = 96, layers: int = 5, heads: int = HEADS, dropout: float = 0.25) -> None:
        super().__init__(
            STATE_CHANNELS, STATE_CHANNELS, width, layers, heads, dropout, conditioned=True, embedded=True
        )

    def forward(self, state: Tensor, step: Tensor) -> Tensor:
        return self._run(state, self.temb(step))
