"""Baseline: temporal convolution over whole poses in the manner of VideoPose3D, one pose for every frame of the window."""

from dataclasses import dataclass

from torch import Tensor, nn

from .lifting_input import FRAMES
from .skeleton import JOINTS


@dataclass(frozen=True)
class BaselineConfig:
    """Size of the network; dilations 1, 3, 9 with kernel 3 see all 27 frames."""

    frames: int = FRAMES
    width: int = 384
    dilations: tuple[int, ...] = (1, 3, 9)
    dropout: float = 0.1


class Residual(nn.Module):
    """Dilated convolution and 1x1 convolution, each with batch norm and ReLU, around a skip; edge frames repeat."""

    def __init__(self, width: int, dilation: int, dropout: float):
        super().__init__()
        self.pad = nn.ReplicationPad1d(dilation)
        self.body = nn.Sequential(
            nn.Conv1d(width, width, 3, dilation=dilation, bias=False), nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(dropout),
            nn.Conv1d(width, width, 1, bias=False), nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(dropout),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(self.pad(x))


class Baseline(nn.Module):
    """points (B, F, J, 3) -> pose (B, F, J, 3) in metres with the hip at zero, None (it has no features)."""

    def __init__(self, config: BaselineConfig = BaselineConfig()):
        super().__init__()
        self.config = config
        self.inward = nn.Sequential(nn.Conv1d(JOINTS * 3, config.width, 1), nn.BatchNorm1d(config.width), nn.ReLU())
        self.blocks = nn.Sequential(*(Residual(config.width, d, config.dropout) for d in config.dilations))
        self.outward = nn.Conv1d(config.width, JOINTS * 3, 1)

    def forward(self, points: Tensor) -> tuple[Tensor, None]:
        b, f = points.shape[:2]
        x = points.reshape(b, f, JOINTS * 3).transpose(1, 2)  # (B, J 3, F)
        pose = self.outward(self.blocks(self.inward(x))).transpose(1, 2).reshape(b, f, JOINTS, 3)
        return pose - pose[:, :, :1], None
