"""People read from pictures as they are needed, for a backbone that is trained along (HRNet)."""

from dataclasses import replace

import numpy as np
import torch

from ..common.batches import Batch
from ..common.clips import Clip
from ..common.crop import SIDE
from ..common.windows import crops_of, described
from .hrnet import DEVIATION, MEAN
from .model import ModelConfig
from .stills import choose_still


def fit_aspect(box: tuple[float, float, float, float], side: tuple[int, int]) -> tuple[float, float, float, float]:
    """The square whose middle columns are the crop of a box at the model's aspect (height, width): square crops are cut afterwards."""
    x, y, width, height = box
    longer = max(height, width * side[0] / side[1])
    return x + width / 2 - longer / 2, y + height / 2 - longer / 2, longer, longer


class Pictures:
    """One person a clip and visit, in the way of a cache: `batch(rows)`."""

    def __init__(self, clips: list[Clip], config: ModelConfig, split: str, seed: int):
        self.clips = [clip for clip in clips if any(clip.people.values())]
        self.config, self.split, self.seed, self.visits = config, split, seed, 0

    def __len__(self) -> int:
        return len(self.clips)

    def one(self, row: int) -> dict[str, np.ndarray]:
        """Pixels, target, meta, place of one person."""
        clip = self.clips[row]
        for attempt in range(20):
            rng = np.random.default_rng((self.seed, row, self.visits if self.split == "train" else 0, attempt))
            window = choose_still(clip, rng, self.split, row)
            if window is not None:
                break
        else:
            raise ValueError(f"{clip.name}: nobody is large enough to learn from")
        box = fit_aspect(window.box, self.config.side)
        crops, crop, _, spoilt = crops_of(clip, replace(window, box=box))
        return {"pixels": crops[0]} | described(clip, window, row, crop, spoilt, self.config.set.mirror)

    def batch(self, rows, frames: int = 0) -> Batch:
        """People by number, in rising order; inputs: pictures (B, 3, H, W), normalised."""
        self.visits += 1
        people = [self.one(int(row)) for row in np.sort(np.asarray(rows))]
        pixels, target, meta, place = (np.stack([person[name] for person in people]) for name in ("pixels", "target", "meta", "place"))
        height, width = self.config.side
        top, left = (SIDE - height) // 2, (SIDE - width) // 2
        image = torch.from_numpy(pixels[:, top : top + height, left : left + width]).permute(0, 3, 1, 2) / 255
        image = (image - torch.tensor(MEAN)[:, None, None]) / torch.tensor(DEVIATION)[:, None, None]
        target = torch.from_numpy(target)
        nothing = torch.zeros(len(pixels), 17, 3)
        return Batch((image.contiguous(),), target[..., :2], target[..., 2], target[..., 3], nothing, torch.from_numpy(meta), torch.from_numpy(place), nothing)
