"""The second backbone: a vision transformer as in the paper, from scratch or from weights that a user has.

It takes crops of 256 x 192 at stride 16 (768 x 16 x 12 in the paper's size) and gives the heatmaps' conditioning in the same form as the
shipped encoder, so that the same decoder, diffusion and training step serve both; heatmaps are 17 x 64 x 48 then. There is no
MoveNet to start from: `base` is zero. Not trained here; `tests/diffpose_video/test_video_vit.py` shows a training step.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..common.layers import JOINTS, Double, Layer, conv
from .model import Denoise, ModelConfig

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class VitConfig:
    """Sizes; the defaults are the paper's (ViT-B/16)."""

    height: int = 256
    wide: int = 192
    patch: int = 16
    width: int = 768
    layers: int = 12
    heads: int = 12
    feed: int = 4
    frames: int = 5
    strl_width: int = 384
    strl_layers: int = 4
    strl_heads: int = 6
    hidden: int = 768
    decoder: ModelConfig = ModelConfig(channels=(256, 128, 64), noisy=(128, 64), output=64)

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of tokens."""
        return self.height // self.patch, self.wide // self.patch


TINY = VitConfig(
    height=64, wide=48, patch=16, width=32, layers=2, heads=2, feed=2, strl_width=24, strl_layers=1, strl_heads=2, hidden=48,
    decoder=ModelConfig(channels=(16, 8, 8), noisy=(16, 8), output=8),
)  # fmt: skip


class Vit(nn.Module):
    """Frames (n, 3, height, wide), RGB 0..255 -> (n, width, rows, columns). A patch embedding without padding: 256 x 192 gives 16 x 12."""

    def __init__(self, config: VitConfig):
        super().__init__()
        self.config = config
        rows, columns = config.grid
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(3, 1, 1), persistent=False)
        self.embed = nn.Conv2d(3, config.width, config.patch, config.patch)
        self.place = nn.Parameter(0.02 * torch.randn(rows * columns, config.width))
        self.layers = nn.ModuleList(Layer(config.width, config.heads, config.feed) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)

    def forward(self, frames: Tensor) -> Tensor:
        x = self.embed((frames / 255 - self.mean) / self.deviation).flatten(2).transpose(1, 2) + self.place
        for layer in self.layers:
            x = layer(x)
        return self.norm(x).transpose(1, 2).unflatten(2, self.config.grid)


class VitEncode(nn.Module):
    """Backbone, STRL and Fcal^1..3: clips (B, F, 3, height, wide) -> base (zeros), maps at 1x, 2x and 4x of the token grid."""

    def __init__(self, config: VitConfig):
        super().__init__()
        self.config = config
        rows, columns = config.grid
        c1, c2, c3 = config.decoder.channels
        self.vit = Vit(config)
        self.embed = nn.Linear(config.width, config.strl_width)
        self.place = nn.Parameter(0.02 * torch.randn(config.frames, rows * columns, config.strl_width))
        self.layers = nn.ModuleList(Layer(config.strl_width, config.strl_heads, 4) for _ in range(config.strl_layers))
        self.norm = nn.LayerNorm(config.strl_width)
        self.aggregate = nn.Sequential(nn.Linear(config.frames * config.strl_width, config.hidden), nn.GELU(), nn.Linear(config.hidden, c1))
        self.level1 = conv(c1, c1)
        self.up2, self.level2 = Double(c1, c2), nn.Sequential(nn.BatchNorm2d(c2), nn.ReLU(), conv(c2, c2))
        self.up3, self.level3 = Double(c2, c3), nn.Sequential(nn.BatchNorm2d(c3), nn.ReLU(), conv(c3, c3))
        self.hand = nn.ModuleList(nn.Conv2d(c, 2 * c, 1) for c in (c1, c2, c3))

    def forward(self, clip: Tensor) -> tuple[Tensor, ...]:
        frames = self.vit(clip.flatten(0, 1)).flatten(2).transpose(1, 2)
        x = (self.embed(frames).unflatten(0, (-1, self.config.frames)) + self.place).flatten(1, 2)
        for layer in self.layers:
            x = layer(x)
        x = self.norm(x).unflatten(1, self.place.shape[:2]).transpose(1, 2).flatten(2)
        level1 = self.level1(self.aggregate(x).transpose(1, 2).unflatten(2, self.config.grid))
        level2 = self.level2(self.up2(level1))
        level3 = self.level3(self.up3(level2))
        base = torch.zeros(len(clip), JOINTS, *level3.shape[-2:], device=clip.device)
        return base, *(hand(level) for hand, level in zip(self.hand, (level1, level2, level3)))


class VitDiffposeVideo(nn.Module):
    """Encoder and decoder with the interface of the shipped model: `encode(clip)` and `denoise(noisy, step, *maps)`."""

    def __init__(self, config: VitConfig = VitConfig()):
        super().__init__()
        self.config = config
        self.encode, self.denoise = VitEncode(config), Denoise(config.decoder, config.grid)


def load_backbone(vit: Vit, file: Path) -> list[str]:
    """Copies weights of a checkpoint in the usual names of ViT (`patch_embed.proj`, `blocks.N.attn.qkv`, ...), with or without a prefix
    `backbone.`; positions are resized to the grid, a class token is dropped. Returns the names that were not used."""
    saved = torch.load(file, weights_only=True, map_location="cpu")
    saved = saved.get("state_dict", saved.get("model", saved))
    saved = {name.removeprefix("backbone."): value for name, value in saved.items()}
    own = {"embed.weight": "patch_embed.proj.weight", "embed.bias": "patch_embed.proj.bias", "norm.weight": "last_norm.weight", "norm.bias": "last_norm.bias"}
    if "norm.weight" in saved:
        own |= {"norm.weight": "norm.weight", "norm.bias": "norm.bias"}
    parts = {"norm1": "norm1", "norm2": "norm2", "qkv": "attn.qkv", "out": "attn.proj", "feed.0": "mlp.fc1", "feed.2": "mlp.fc2"}
    for i in range(vit.config.layers):
        for ours, theirs in parts.items():
            for kind in ("weight", "bias"):
                own[f"layers.{i}.{ours}.{kind}"] = f"blocks.{i}.{theirs}.{kind}"
    state = {ours: saved[theirs] for ours, theirs in own.items()}
    place, (rows, columns) = saved["pos_embed"][0], vit.config.grid
    if len(place) != rows * columns:
        if round((len(place) - 1) ** 0.5) ** 2 == len(place) - 1 or len(place) - 1 == rows * columns:
            place = place[1:]
        if len(place) != rows * columns:
            side = round(len(place) ** 0.5)
            square = place.T.reshape(1, -1, side, side)
            place = F.interpolate(square, (rows, columns), mode="bicubic", align_corners=False)[0].flatten(1).T
    state["place"] = place
    vit.load_state_dict(state)
    return sorted(set(saved) - set(own.values()) - {"pos_embed"})
