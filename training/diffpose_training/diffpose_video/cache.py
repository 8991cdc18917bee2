"""Frozen features of many windows on disk, so that training never runs the backbone.

    python -m diffpose_training.diffpose_video.cache --clips runs/synth/train --split train --windows 6000
    python -m diffpose_training.diffpose_video.cache --clips runs/synth/val   --split val   --windows 480
    python -m diffpose_training.diffpose_video.cache --clips TEST --split test --every 3 --name test_clean

Window k of a split and seed is the same whenever it is made; a stopped run goes on where it was. Clips that are still being
rendered are waited for with `--wait`. Any folder of annotated clips will do (see common/clips.py).
"""

import numpy as np

from ..common.caching import Recipe, fill, parser_of
from ..common.clips import Clip
from ..common.feature_store import FIELDS, PLAIN, quantise
from ..common.movenet import Seen, Thunder, decode_single
from ..common.windows import FRAMES, Window, crops_of, described


def record(seen: Seen, order: list[int]) -> dict[str, np.ndarray]:
    """The stored features of a window from its different crops."""
    middle = order[FRAMES // 2]
    values = {
        "heat": seen.keypoint_heatmap[order], "features_4": seen.features_4[middle], "features_8": seen.features_8[order],
        "features_16": seen.features_16[order], "features_32": seen.features_32[order],
    }  # fmt: skip
    each = [decode_single(seen, index) for index in range(len(seen.center))]
    return {name: quantise(name, value) for name, value in values.items()} | {"movenet": np.stack([each[index] for index in order])}


def make_window(clip: Clip, window: Window, thunder: Thunder, number: int) -> dict[str, np.ndarray]:
    """Everything that is stored of one window."""
    crops, crop, order, spoilt = crops_of(clip, window)
    return record(thunder(crops), order) | described(clip, window, number, crop, spoilt)


WINDOWS = Recipe(
    {name: (shape, "uint8" if step else "float16") for name, (shape, step, _) in FIELDS.items()} | PLAIN | {"movenet": ((FRAMES, 17, 3), "float32")},
    make_window,
)


def main() -> None:
    fill(parser_of(__doc__, "runs/diffpose_video/cache", "windows").parse_args(), WINDOWS)


if __name__ == "__main__":
    main()
