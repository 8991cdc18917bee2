"""The denoiser g(h_k, f_ST, k) -> h_0, and the join network that prepares f_ST for it once a window.

g runs many times a pose (steps x hypotheses), so it is small and nearly all matrix products: one graph convolution
lifts the state, three blocks of two graph convolutions and one self-attention follow, one graph convolution answers.
The join runs once a window, so it may be as large as the encoder.
Shapes: P = frames x hypotheses, J joints, C channels.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from .encoder import Encoder, EncoderConfig
from .skeleton import JOINTS, MIRROR, chebyshev_basis


@dataclass(frozen=True)
class DenoiserConfig:
    """Size of the denoiser and of the join."""

    width: int = 48  # C, also the channels of `features`
    blocks: int = 3
    heads: int = 2
    steps: int = 50  # K
    features: bool = True  # False: the ablation without f_ST


class GraphConv(nn.Module):
    """Chebyshev convolution of order 2: y = sum_i T_i x W_i + b, as one wide product and one (J, 3J) mixing."""

    def __init__(self, inward: int, outward: int):
        super().__init__()
        self.outward = outward
        self.weight = nn.Linear(inward, 3 * outward, bias=False)
        self.bias = nn.Parameter(torch.zeros(outward))
        basis = torch.from_numpy(chebyshev_basis())  # (3, J, J)
        self.register_buffer("mix", basis.permute(1, 2, 0).reshape(JOINTS, 3 * JOINTS).contiguous(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        wide = self.weight(x).reshape(-1, 3 * JOINTS, self.outward)  # (P, J, 3C) -> (P, 3J, C), row = 3 joint + order
        return torch.matmul(self.mix, wide) + self.bias


class JointAttention(nn.Module):
    """Self-attention over the joints of one pose."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        assert width % heads == 0, "heads must divide the width"
        self.heads, self.width = heads, width
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        h, c = self.heads, self.width // self.heads
        q, k, v = self.qkv(x).split(self.width, -1)
        q, v = (z.reshape(-1, JOINTS, h, c).transpose(1, 2) for z in (q, v))  # (P, H, J, C/H)
        k = k.reshape(-1, JOINTS, h, c).permute(0, 2, 3, 1)  # (P, H, C/H, J)
        y = torch.matmul(torch.softmax(torch.matmul(q * c**-0.5, k), -1), v)
        return self.out(y.transpose(1, 2).reshape(-1, JOINTS, self.width))


class DenoiserBlock(nn.Module):
    """Two graph convolutions and one self-attention inside a residual."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.first, self.second = GraphConv(width, width), GraphConv(width, width)
        self.attention = JointAttention(width, heads)

    def forward(self, x: Tensor, step: Tensor) -> Tensor:
        y = self.second(functional.relu(self.first(self.norm1(x)) + step))
        return x + y + self.attention(self.norm2(x + y))


class Denoiser(nn.Module):
    """state (P, J, 5) whitened, anchor (P, J, 10), features (P, J, C), step (P,) -> clean (P, J, 5) whitened.

    The answer's start is zero, i.e. the anchor itself.
    """

    def __init__(self, config: DenoiserConfig = DenoiserConfig()):
        super().__init__()
        self.config = config
        c = config.width
        self.step = nn.Embedding(config.steps, config.blocks * c)  # f_D^k, one learned row a step and block
        nn.init.normal_(self.step.weight, std=0.02)
        self.lift = GraphConv(20, c)
        self.joint = nn.Parameter(torch.randn(JOINTS, c) * 0.02)
        self.blocks = nn.ModuleList(DenoiserBlock(c, config.heads) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(c)
        self.answer = GraphConv(c, 5)
        nn.init.zeros_(self.answer.weight.weight)

    def forward(self, state: Tensor, anchor: Tensor, features: Tensor, step: Tensor) -> Tensor:
        mean, sigma = anchor.split(5, -1)
        x = self.lift(torch.cat([state, mean + sigma * state, mean, torch.log(sigma)], -1)) + features + self.joint
        rows = self.step(step.long()).unsqueeze(1).split(self.config.width, -1)  # blocks x (P, 1, C)
        for block, row in zip(self.blocks, rows):
            x = block(x, row)
        return self.answer(self.norm(x))


class Join(nn.Module):
    """f_ST (B, F, J, E), points and poses (B, F, J, 3) -> features (B, F, J, C) that the denoiser adds.

    Beside the frozen f_ST it looks at the window a second time, in the mirror, through a trunk that starts as a copy of
    the encoder and is trained on with the denoiser; what the two looks disagree about is what the denoiser may mend.
    """

    def __init__(self, encoder: EncoderConfig = EncoderConfig(), config: DenoiserConfig = DenoiserConfig()):
        super().__init__()
        self.on, self.width = config.features, config.width
        self.trunk = Encoder(encoder)
        self.outward = nn.Linear(2 * encoder.joint_width + 3, config.width)
        self.register_buffer("mirror", torch.tensor(MIRROR), persistent=False)
        self.register_buffer("sign", torch.tensor([-1.0, 1.0, 1.0]), persistent=False)

    def second_look(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Pose and features of the trunk, given the mirrored window and mirrored back."""
        pose, features = self.trunk(points[:, :, self.mirror] * self.sign)
        return pose[:, :, self.mirror] * self.sign, features[:, :, self.mirror]

    def combine(self, features: Tensor, pose: Tensor, second_pose: Tensor, second: Tensor) -> Tensor:
        """The join itself: one linear layer; the difference of the two poses enters in decimetres."""
        if not self.on:
            return torch.zeros(*features.shape[:-1], self.width)
        return self.outward(torch.cat([features, second, 10 * (second_pose - pose)], -1))

    def forward(self, features: Tensor, points: Tensor, pose: Tensor) -> Tensor:
        return self.combine(features, pose, *self.second_look(points))
