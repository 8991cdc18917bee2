"""The model: STRL over a window of frozen features, the decoder with LMSFI, and their ablations (paper sections STRL, LMSFI).

`Encode` runs once a window. `Denoise` runs steps x sets times, so everything that does not depend on the noisy heatmaps is moved
into the encoder: the paper's Conv(Fl concat Fcal) begins with a 1x1 convolution, and as Fl = A * Fcal with one mask a pixel,
W [A * F, F] = A * (W_l F) + W_g F. The encoder hands over W_l F and W_g F (`maps_16`, `maps_32`, `maps_64`: first half local,
second half global).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..common.centre import REACH
from ..common.layers import JOINTS, Double, Layer, Start, conv, evidence, step_embedding


@dataclass(frozen=True)
class ModelConfig:
    """Sizes and ablation switches."""

    frames: int = 5
    width: int = 192
    layers: int = 3
    heads: int = 6
    feed: int = 2  # width of the feed-forward part over width
    hidden: int = 384  # of the aggregation
    channels: tuple[int, int, int] = (96, 32, 16)  # of Fcal^1..3
    noisy: tuple[int, int] = (64, 32)  # channels of xbar^1, xbar^2
    output: int = 16  # channels of the sum before the head
    head: int = 48  # channels of the plain convolution head
    lmsfi: str = "all"  # which scales look up joint regions: "all", "j1", "off"
    diffusion: bool = True  # False: a plain convolution head on the key frame's features
    centre: float = REACH  # cells from MoveNet's own joint from which its probabilities are weakened; 0: never
    feature_channels: tuple[int, int, int, int] = (24, 24, 32, 64)  # of the backbone's maps at stride 4, 8, 16, 32

    @staticmethod
    def read(settings: dict) -> "ModelConfig":
        """From what a checkpoint holds; those of before show everybody in a crop alike."""
        return ModelConfig(**({"centre": 0.0} | settings))


class Encode(nn.Module):
    """STRL and the pyramid Fcal^1..3 of a window.

    heatmaps (B, F, 17, 64, 64) logits, features_4 (B, 24, 64, 64) of the key frame, features_8 (B, F, 24, 32, 32),
    features_16 (B, F, 32, 16, 16), features_32 (B, F, 64, 8, 8) -> base (B, 17, 64, 64), maps_16 (B, 2 C1, 16, 16),
    maps_32 (B, 2 C2, 32, 32), maps_64 (B, 2 C3, 64, 64).
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        frames, width, (c1, c2, c3) = config.frames, config.width, config.channels
        f4, f8, f16, f32 = config.feature_channels
        self.embed = nn.Linear(f32 + 4 * f16 + 16 * f8 + 16 * JOINTS, width)
        self.place = nn.Parameter(0.02 * torch.randn(frames, 64, width))
        self.layers = nn.ModuleList(Layer(width, config.heads, config.feed) for _ in range(config.layers))
        self.norm = nn.LayerNorm(width)
        self.aggregate = nn.Sequential(nn.Linear(frames * width, config.hidden), nn.GELU(), nn.Linear(config.hidden, 4 * c1))
        self.start = Start()
        self.side1, self.level1 = nn.Conv2d(f16, c1, 1), conv(c1, c1)
        self.up2, self.side2, self.heat2 = Double(c1, c2), nn.Conv2d(f8, c2, 1), nn.Conv2d(frames * JOINTS, c2, 1)
        self.level2 = nn.Sequential(nn.BatchNorm2d(c2), nn.ReLU(), conv(c2, c2))
        self.up3, self.side3, self.heat3 = Double(c2, c3), nn.Conv2d(f4, c3, 1), nn.Conv2d(frames * JOINTS, c3, 1)
        self.level3 = nn.Sequential(nn.BatchNorm2d(c3), nn.ReLU(), conv(c3, c3))
        self.hand = nn.ModuleList(nn.Conv2d(c, 2 * c, 1) for c in config.channels)

    def tokens(self, heat32: Tensor, features_8: Tensor, features_16: Tensor, features_32: Tensor) -> Tensor:
        """One token for each 32 x 32 px of each frame: (B, 64 F, width). Constants bring the backbone's ranges near 1."""
        parts = [
            features_32 / 150, F.pixel_unshuffle(features_16 / 12, 2), F.pixel_unshuffle(features_8 / 10, 4), F.pixel_unshuffle(heat32, 4),
        ]  # fmt: skip
        joined = torch.cat([part.flatten(0, 1) if part.dim() == 5 else part for part in parts], 1)
        embedded = self.embed(joined.flatten(2).transpose(1, 2))
        return embedded.unflatten(0, (-1, self.config.frames))

    def forward(self, heatmaps: Tensor, features_4: Tensor, features_8: Tensor, features_16: Tensor, features_32: Tensor):
        frames, key = self.config.frames, self.config.frames // 2
        heat = evidence(heatmaps)
        heat32 = F.max_pool2d(heat.flatten(0, 1), 2)
        embedded = self.tokens(heat32, features_8.flatten(0, 1), features_16.flatten(0, 1), features_32.flatten(0, 1))
        x = (embedded + self.place).flatten(1, 2)
        for layer in self.layers:
            x = layer(x)
        x = self.norm(x).unflatten(1, (frames, 64)).transpose(1, 2).flatten(2)
        grid = F.pixel_shuffle(self.aggregate(x).transpose(1, 2).unflatten(2, (8, 8)), 2)
        level1 = self.level1(grid + self.side1(features_16[:, key] / 12))
        sides2 = self.side2(features_8[:, key] / 10) + self.heat2(heat32.unflatten(0, (-1, frames)).flatten(1, 2))
        level2 = self.level2(self.up2(level1) + sides2)
        sides3 = self.side3(2 * features_4) + self.heat3(heat.flatten(1, 2))
        level3 = self.level3(self.up3(level2) + sides3)
        maps = [hand(level) for hand, level in zip(self.hand, (level1, level2, level3))]
        return (self.start(heatmaps[:, key]), *maps)


class Denoise(nn.Module):
    """The decoder f(x_t, Fcal, t): noisy (M, 17, 64, 64), step (M,), maps with a first axis of M or 1 -> clean (M, 17, 64, 64)."""

    def __init__(self, config: ModelConfig, grid: tuple[int, int] = (16, 16)):
        super().__init__()
        self.config, self.grid = config, grid
        cells = grid[0] * grid[1]
        (c1, c2, c3), (n1, n2), out = config.channels, config.noisy, config.output
        self.step = nn.Sequential(nn.Linear(128, 256), nn.SiLU(), nn.Linear(256, 2 * JOINTS))
        self.down2 = nn.Sequential(nn.Conv2d(JOINTS, n2, 3, 2, 1), nn.BatchNorm2d(n2), nn.SiLU())
        self.down1 = nn.Sequential(nn.Conv2d(n2, n1, 3, 2, 1), nn.BatchNorm2d(n1), nn.SiLU())
        self.self_place, self.self_refine = nn.Parameter(0.02 * torch.randn(cells, n1)), Layer(n1, 4, 2)
        self.place, self.relate = nn.Parameter(0.02 * torch.randn(cells, c1)), Layer(c1, 4, 2)
        self.up1 = nn.Sequential(Double(c1, 2 * out), nn.ReLU(), Double(2 * out, out))
        # The second convolution has no ReLU: else the mask could never fall below a half.
        self.look2 = nn.Sequential(conv(n2, n2), nn.Conv2d(n2, n2, 1))
        self.look3 = nn.Sequential(conv(JOINTS, out), nn.Conv2d(out, out, 1))
        self.direct = nn.ModuleList(nn.Conv2d(a, b, 1, bias=False) for a, b in ((n1, c1), (n2, c2), (out, c3)))
        self.block2, self.up2 = conv(c2, c2), Double(c2, out)
        self.block3 = nn.Conv2d(c3, out, 3, 1, 1)
        self.head = nn.Conv2d(out, JOINTS, 3, 1, 1)
        for last in (self.step[2], self.head):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)
        for j in self.masked(False):
            self.direct[j].requires_grad_(False)

    def masked(self, yes: bool = True) -> list[int]:
        """Scales that look up (or with False those that do not need `direct`)."""
        return {"all": [0, 1, 2], "j1": [0], "off": []}[self.config.lmsfi]

    def interact(self, j: int, embedded: Tensor, maps: Tensor) -> Tensor:
        """LMSFI part 2 up to the first 1x1 convolution; without it, the noisy heatmap's embedding is simply joined."""
        local, whole = maps.chunk(2, 1)
        if j in self.masked():
            mask = torch.sigmoid(embedded.amax(1, keepdim=True))
            return mask * local + whole
        return local + whole + self.direct[j](embedded)

    def forward(self, noisy: Tensor, step: Tensor, base: Tensor, maps_16: Tensor, maps_32: Tensor, maps_64: Tensor) -> Tensor:
        gamma, beta = self.step(step_embedding(step)).chunk(2, 1)
        x3 = noisy * (1 + gamma[..., None, None]) + beta[..., None, None]
        x2 = self.down2(x3)
        x1 = self.down1(x2)
        refined = self.self_refine(x1.flatten(2).transpose(1, 2) + self.self_place).transpose(1, 2).unflatten(2, self.grid)
        u1 = self.interact(0, refined, maps_16)
        related = self.relate(u1.flatten(2).transpose(1, 2) + self.place).transpose(1, 2).unflatten(2, self.grid)
        u2 = torch.relu(self.interact(1, self.look2(x2), maps_32))
        u3 = torch.relu(self.interact(2, self.look3(x3), maps_64))
        total = self.up1(related) + self.up2(u2 + self.block2(u2)) + self.block3(u3)
        return base + self.head(torch.relu(total))


class ConvHead(nn.Module):
    """The baseline without time and diffusion: residual convolutions on the key frame's features and heatmaps."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        f4, f8, f16, _ = config.feature_channels
        width = config.head
        self.start = Start()
        self.up8, self.up16 = Double(f8, 16), nn.Sequential(Double(f16, 16), nn.ReLU(), Double(16, 16))
        self.body = nn.Sequential(conv(f4 + 32 + JOINTS, width), conv(width, width), conv(width, width))
        self.head = nn.Conv2d(width, JOINTS, 3, 1, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, heatmaps: Tensor, features_4: Tensor, features_8: Tensor, features_16: Tensor, features_32: Tensor) -> Tensor:
        key = heatmaps.shape[1] // 2
        parts = [2 * features_4, self.up8(features_8[:, key] / 10), self.up16(features_16[:, key] / 12), evidence(heatmaps[:, key])]
        return self.start(heatmaps[:, key]) + self.head(self.body(torch.cat(parts, 1)))


class DiffposeVideo(nn.Module):
    """Encoder and decoder."""

    def __init__(self, config: ModelConfig = ModelConfig()):
        super().__init__()
        self.config = config
        if config.diffusion:
            self.encode, self.denoise = Encode(config), Denoise(config)
        else:
            self.head = ConvHead(config)

    def forward(self, inputs: tuple[Tensor, ...], noisy: Tensor, step: Tensor) -> Tensor:
        return self.denoise(noisy, step, *self.encode(*inputs))
