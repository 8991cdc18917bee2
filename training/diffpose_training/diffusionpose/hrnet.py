"""HRNet as a backbone that is trained along: parallel branches at stride 4, 8, 16, 32 which exchange their maps after each module.

Layer names are those of the published checkpoints (`pose_hrnet_w32_*.pth`, `hrnetv2_w32_imagenet_*.pth`), so that their weights load; the
heads in them are left out.
"""

from pathlib import Path

import torch
from torch import Tensor, nn

MODULES = {2: 1, 3: 4, 4: 3}  # stage -> modules
BLOCKS = 4  # a branch of a module
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, for pixels 0..1


def unit(inputs: int, outputs: int, size: int, stride: int = 1, relu: bool = True) -> nn.Sequential:
    """Convolution, batch norm, maybe ReLU."""
    parts = [nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*parts, *([nn.ReLU()] if relu else []))


class Residual(nn.Module):
    """Two 3x3 convolutions, or with `narrow` a bottleneck of 1x1, 3x3, 1x1."""

    def __init__(self, inputs: int, outputs: int, narrow: int | None = None):
        super().__init__()
        sizes = ((3, inputs, outputs), (3, outputs, outputs)) if narrow is None else ((1, inputs, narrow), (3, narrow, narrow), (1, narrow, outputs))
        for i, (size, a, b) in enumerate(sizes, 1):
            setattr(self, f"conv{i}", nn.Conv2d(a, b, size, 1, size // 2, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(b))
        self.count = len(sizes)
        self.downsample = unit(inputs, outputs, 1, relu=False) if inputs != outputs else None

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for i in range(1, self.count + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            y = torch.relu(y) if i < self.count else y
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


def exchange(wide: list[int], of: int, to: int) -> nn.Module | None:
    """From branch `of` to branch `to`: enlarged, reduced, or as it is."""
    if of == to:
        return None
    if of > to:
        return nn.Sequential(*unit(wide[of], wide[to], 1, relu=False), nn.Upsample(scale_factor=2 ** (of - to), mode="nearest"))
    steps = [unit(wide[of], wide[to] if i == to - of - 1 else wide[of], 3, 2, relu=i < to - of - 1) for i in range(to - of)]
    return nn.Sequential(*steps)


class Module(nn.Module):
    """Residual blocks in each branch, then every branch sums what comes from all of them; the very last module does so for its first branch
    only, as the published pose networks end there."""

    def __init__(self, wide: list[int], last: bool = False):
        super().__init__()
        self.branches = nn.ModuleList(nn.Sequential(*(Residual(c, c) for _ in range(BLOCKS))) for c in wide)
        self.fuse_layers = nn.ModuleList(nn.ModuleList(exchange(wide, of, to) for of in range(len(wide))) for to in range(1 if last else len(wide)))

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        maps = [branch(x) for branch, x in zip(self.branches, maps)]
        fused = [torch.relu(sum(x if change is None else change(x) for change, x in zip(row, maps))) for row in self.fuse_layers]
        return fused + maps[len(fused) :]


class Hrnet(nn.Module):
    """image (B, 3, H, W), normalised as ImageNet -> four maps at stride 4, 8, 16, 32 of width, 2, 4 and 8 times width channels."""

    def __init__(self, width: int = 32):
        super().__init__()
        self.channels = tuple(width * 2**i for i in range(4))
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 3, 2, 1, bias=False), nn.BatchNorm2d(64)
        self.conv2, self.bn2 = nn.Conv2d(64, 64, 3, 2, 1, bias=False), nn.BatchNorm2d(64)
        self.layer1 = nn.Sequential(Residual(64, 256, 64), *(Residual(256, 256, 64) for _ in range(3)))
        before = [256]
        for stage, modules in MODULES.items():
            wide = list(self.channels[:stage])
            # A new branch starts from the coarsest one; a branch that keeps its width is passed on.
            fresh = [None if i < len(before) and before[i] == c else unit(before[i], c, 3) for i, c in enumerate(wide[:-1])]
            fresh.append(nn.Sequential(unit(before[-1], wide[-1], 3, 2)))
            setattr(self, f"transition{stage - 1}", nn.ModuleList(fresh))
            setattr(self, f"stage{stage}", nn.Sequential(*(Module(wide, last=stage == 4 and i == modules - 1) for i in range(modules))))
            before = wide

    def forward(self, image: Tensor) -> list[Tensor]:
        x = torch.relu(self.bn1(self.conv1(image)))
        maps = [self.layer1(torch.relu(self.bn2(self.conv2(x))))]
        for stage in MODULES:
            fresh = getattr(self, f"transition{stage - 1}")
            sources = [maps[min(i, len(maps) - 1)] for i in range(stage)]
            maps = [x if change is None else change(x) for change, x in zip(fresh, sources)]
            for module in getattr(self, f"stage{stage}"):
                maps = module(maps)
        return maps


def load_weights(net: Hrnet, file: Path) -> list[str]:
    """Takes the weights of a published checkpoint; returns the names of its layers that do not belong to the backbone."""
    saved = torch.load(file, weights_only=True, map_location="cpu")
    saved = {name.removeprefix("module."): value for name, value in saved.get("state_dict", saved).items()}
    left = net.load_state_dict(saved, strict=False)
    lacking = [name for name in left.missing_keys if not name.endswith("num_batches_tracked")]
    if lacking:
        raise ValueError(f"{file} lacks layers of HRNet of width {net.channels[0]}, such as {lacking[0]}")
    return left.unexpected_keys
