"""The model f = (E, A, D) of the paper (section MFP), and its ablations.

`Encode` (E and the convolution head) runs once a crop, `Denoise` (A and D) once a step and hypothesis. What does not depend on the noisy
coordinates is moved into the encoder: the stem's convolution of x^c = C(x^kps + A, x^fea) is a sum of two, and that of x^fea is handed over as `context_0`.
[Ours] the other levels of the U-Net are given the encoder's maps of their size too, and D corrects the coarse heatmaps, which correct MoveNet's.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..common.centre import REACH
from ..common.joint_sets import JOINT_SETS, JointSet
from ..common.layers import JOINTS, Double, Layer, Start, conv, evidence, step_embedding
from .attention import CrossAttention
from .hrnet import Hrnet
from .structure import StructureConfig

FEATURES = (24, 24, 32, 64)  # channels of MoveNet's maps at stride 4, 8, 16, 32


@dataclass(frozen=True)
class ModelConfig:
    """Sizes and ablation switches."""

    joints: str = "coco17"
    backbone: str = "movenet"  # "hrnet_w32", "hrnet_w48": trained along, on pictures
    side: tuple[int, int] = (256, 256)  # height and width of the crop; MoveNet's is 256 x 256
    stride: int = 4  # s: pixels a heatmap cell
    features: int = 32  # channels of x^fea
    centre: float = REACH  # of the person in the middle, with the backbone movenet; 0: everybody is shown alike
    neck: tuple[int, int, int] = (32, 48, 96)  # channels of the maps at stride 4, 8, 16 and 32 on top of MoveNet's
    channels: tuple[int, int, int, int] = (24, 32, 96, 128)  # of the U-Net
    blocks: int = 1  # Res-blocks a level, down and up
    keypoints: bool = True  # M_kps
    skeleton: bool = True  # M_ske
    spatial: bool = True  # A_s
    channel: bool = True  # A_c
    inject: bool = True  # maps of the encoder at the lower levels of the U-Net
    time: bool = True  # the U-Net knows the step
    structure: StructureConfig = field(default_factory=StructureConfig)

    @property
    def reach(self) -> float:
        """Cells from MoveNet's own joint from which its probabilities are weakened; 0: never."""
        return self.centre if self.backbone == "movenet" else 0.0

    @property
    def set(self) -> JointSet:
        """The joints."""
        return JOINT_SETS[self.joints]

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of a heatmap."""
        return self.side[0] // self.stride, self.side[1] // self.stride

    @property
    def levels(self) -> list[int | None]:
        """For each level of the U-Net the place of the encoder's map of its size, if there is one (0: stride 4)."""
        strides = [self.stride * 2**i for i in range(len(self.channels))]
        return [{4: 0, 8: 1, 16: 2, 32: 3}.get(s) if i == 0 or self.inject else None for i, s in enumerate(strides)]

    @staticmethod
    def read(settings: dict) -> "ModelConfig":
        """From what a checkpoint holds."""
        values = {"centre": 0.0} | {k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()}
        return ModelConfig(**(values | {"structure": StructureConfig(**values.get("structure", {}))}))


class Neck(nn.Module):
    """MoveNet's features and heatmaps to a pyramid at stride 4, 8, 16, 32. Constants bring the backbone's ranges near 1."""

    def __init__(self, channels: tuple[int, int, int]):
        super().__init__()
        c4, c8, c16 = channels
        f4, f8, f16, f32 = FEATURES
        self.channels = (c4, c8, c16, c16)
        self.level32 = conv(f32, c16)
        self.up16, self.side16, self.level16 = Double(c16, c16), nn.Conv2d(f16, c16, 1), conv(c16, c16)
        self.up8, self.side8 = Double(c16, c8), nn.Conv2d(f8 + JOINTS, c8, 1)
        self.level8 = nn.Sequential(nn.BatchNorm2d(c8), nn.ReLU(), conv(c8, c8))
        self.up4, self.side4 = Double(c8, c4), nn.Conv2d(f4 + JOINTS, c4, 1)
        self.level4 = nn.Sequential(nn.BatchNorm2d(c4), nn.ReLU(), conv(c4, c4))

    def forward(self, heatmaps: Tensor, features_4: Tensor, features_8: Tensor, features_16: Tensor, features_32: Tensor) -> list[Tensor]:
        heat = evidence(heatmaps)
        m32 = self.level32(features_32 / 150)
        m16 = self.level16(self.up16(m32) + self.side16(features_16 / 12))
        m8 = self.level8(self.up8(m16) + self.side8(torch.cat([features_8 / 10, F.max_pool2d(heat, 2)], 1)))
        m4 = self.level4(self.up4(m8) + self.side4(torch.cat([2 * features_4, heat], 1)))
        return [m4, m8, m16, m32]


def resize(maps: Tensor, grid: tuple[int, int]) -> Tensor:
    """Heatmaps at another size: the strongest of the cells that fall together, or between cells."""
    if grid[0] < maps.shape[-2]:
        return F.max_pool2d(maps, maps.shape[-2] // grid[0])
    return maps if grid[0] == maps.shape[-2] else F.interpolate(maps, grid, mode="bilinear")


class Encode(nn.Module):
    """E and the convolution head. MoveNet: heatmaps (B, 17, 64, 64) logits, features_4 (B, 24, 64, 64), features_8 (B, 24, 32, 32),
    features_16 (B, 32, 16, 16), features_32 (B, 64, 8, 8); HRNet: image (B, 3, H, W), normalised -> coarse (B, J, h, w), features (B, C, h, w) and the U-Net's
    contexts, the first one (B, c0, h, w).
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        movenet = config.backbone == "movenet"
        self.body = Neck(config.neck) if movenet else Hrnet(int(config.backbone.removeprefix("hrnet_w")))
        self.start = Start() if movenet else None
        first, wanted = self.body.channels[0], config.features
        step = 2 if config.stride == 8 else 1
        self.fit = nn.Identity() if config.stride == 4 and first == wanted else conv(first, wanted, 3, step)
        self.head = nn.Conv2d(wanted, config.set.count, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.stem = nn.Conv2d(wanted, config.channels[0], 3, 1, 1)
        self.hand = nn.ModuleList(
            nn.Conv2d(self.body.channels[at], c, 1) for at, c in zip(config.levels[1:], config.channels[1:]) if at is not None
        )  # fmt: skip

    def base(self, logits: Tensor) -> Tensor:
        """MoveNet's probabilities for our joints; joints that it does not know start empty."""
        known = self.start(logits)
        places = self.config.set.from_coco
        if places != list(range(JOINTS)):
            known = torch.cat([known, torch.zeros_like(known[:, :1])], 1)[:, [at if at >= 0 else JOINTS for at in places]]
        return resize(known, self.config.grid)

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        pyramid = self.body(*inputs)
        first = pyramid[0]
        if self.config.stride < 4:
            first = F.interpolate(first, self.config.grid, mode="bilinear")
        features = self.fit(first)
        coarse = self.head(features)
        if self.start is not None:
            coarse = self.base(inputs[0]) + coarse
        levels = [at for at in self.config.levels[1:] if at is not None]
        return (coarse, features, self.stem(features), *(hand(pyramid[at]) for hand, at in zip(self.hand, levels)))


class Block(nn.Module):
    """Res-block: two convolutions, the step's bias between."""

    def __init__(self, channels: int, time: int):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))
        self.time = nn.Linear(time, channels) if time else None

    def forward(self, x: Tensor, time: Tensor | None) -> Tensor:
        inner = self.first(x)
        if time is not None:
            inner = inner + self.time(time)[..., None, None]
        return torch.relu(x + self.second(torch.relu(inner)))


class Denoise(nn.Module):
    """A and D: noisy (M, J, h, w), masks (M, 2, h, w), step (M,), the encoder's outputs with a first axis of M or 1 -> clean (M, J, h, w)."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config, joints, wide = config, config.set.count, config.channels
        attends = config.skeleton and (config.spatial or config.channel)
        self.attention = CrossAttention(config.features, config.grid, config.spatial, config.channel) if attends else None
        self.stem = nn.Conv2d(joints + (config.features if config.keypoints else 0), wide[0], 3, 1, 1, bias=False)
        time = 128 if config.time else 0
        self.step = nn.Sequential(nn.Linear(128, 128), nn.SiLU()) if time else None
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(wide, wide[1:]))
        self.descend = nn.ModuleList(nn.ModuleList(Block(c, time) for _ in range(config.blocks)) for c in wide)
        cells = (config.grid[0] >> 3) * (config.grid[1] >> 3)
        self.place = nn.Parameter(0.02 * torch.randn(cells, wide[-1]))
        self.middle, self.after = Layer(wide[-1], 8, 2), Block(wide[-1], time)
        self.up = nn.ModuleList(Double(b, a) for a, b in zip(wide, wide[1:]))
        self.ascend = nn.ModuleList(nn.ModuleList(Block(c, time) for _ in range(config.blocks)) for c in wide[:-1])
        self.head = nn.Conv2d(wide[0], joints, 3, 1, 1)
        # The narrow stem cannot carry every joint's map through; each step has a share of the noisy maps that is handed on as it is.
        self.keep = nn.Linear(128, joints)
        for last in (self.head, self.keep):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def guided(self, features: Tensor, masks: Tensor) -> Tensor:
        """x^kps + A(x^kps, x^ske, x^ske)."""
        at_joints = features * masks[:, :1]
        if not self.config.skeleton:
            return at_joints
        along_limbs = features * masks[:, 1:]
        return at_joints + (along_limbs if self.attention is None else self.attention(at_joints, along_limbs))

    def forward(self, noisy: Tensor, masks: Tensor, step: Tensor, coarse: Tensor, features: Tensor, *contexts: Tensor) -> Tensor:
        embedded = step_embedding(step if self.config.time else torch.zeros_like(step))
        time = self.step(embedded) if self.step is not None else None
        given = [noisy, self.guided(features, masks)] if self.config.keypoints else [noisy]
        x = torch.relu(self.stem(torch.cat(given, 1)) + contexts[0])
        rest, passed = list(contexts[1:]), []
        for i, blocks in enumerate(self.descend):
            if i > 0:
                passed.append(x)
                x = self.down[i - 1](x)
                if self.config.levels[i] is not None:
                    x = x + rest.pop(0)
                x = torch.relu(x)
            for block in blocks:
                x = block(x, time)
        grid = (self.config.grid[0] >> 3, self.config.grid[1] >> 3)
        x = self.middle(x.flatten(2).transpose(1, 2) + self.place).transpose(1, 2).unflatten(2, grid)
        x = self.after(x, time)
        for i in reversed(range(len(self.up))):
            x = torch.relu(passed[i] + self.up[i](x))
            for block in self.ascend[i]:
                x = block(x, time)
        start = coarse.detach()  # has a loss of its own
        return start + self.keep(embedded)[..., None, None] * (noisy - start) + self.head(x)


class DiffusionPose(nn.Module):
    """Encoder and decoder."""

    def __init__(self, config: ModelConfig = ModelConfig()):
        super().__init__()
        self.config = config
        self.encode, self.denoise = Encode(config), Denoise(config)
