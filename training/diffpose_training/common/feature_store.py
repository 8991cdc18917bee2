"""Features of many windows or stills as arrays on disk, so that training never runs the backbone."""

import json
from pathlib import Path

import numpy as np

from .crop import CELLS
from .windows import FRAMES

# Stored as uint8 = round((value - offset) / step); float16 where step is None.
FIELDS: dict[str, tuple[tuple[int, ...], float | None, float]] = {
    "heat": ((FRAMES, 17, CELLS, CELLS), 1 / 16, -12.0),  # logits; below -12 means never
    "features_4": ((24, CELLS, CELLS), 1 / 56, 0.0),  # the key frame's only
    "features_8": ((FRAMES, 24, CELLS // 2, CELLS // 2), 1 / 4, 0.0),
    "features_16": ((FRAMES, 32, CELLS // 4, CELLS // 4), 1 / 4, 0.0),
    "features_32": ((FRAMES, 64, CELLS // 8, CELLS // 8), None, 0.0),
}
PLAIN: dict[str, tuple[tuple[int, ...], str]] = {
    "target": ((17, 4), "float32"),  # x, y in cells, weight, peak of the heatmap: 1, or 0 for a joint known to be absent
    "movenet": ((17, 3), "float32"),  # the backbone's own decoding, cells; windows: of each frame
    "meta": ((6,), "int32"),  # kind, key frame spoilt, clip, track, key, mirrored
    "place": ((5,), "float64"),  # crop's left, top, scale; area of the person in square px of the frame; visible points
}
Types = dict[str, tuple[tuple[int, ...], str]]  # shape without the first axis, and dtype, of each array


def quantise(name: str, values: np.ndarray) -> np.ndarray:
    """Values as they are stored."""
    _, step, offset = FIELDS[name]
    return values.astype(np.float16) if step is None else np.clip(np.round((values - offset) / step), 0, 255).astype(np.uint8)


class Store:
    """Arrays on disk with a count of what is there."""

    def __init__(self, folder: Path, capacity: int | None = None, types: Types | None = None):
        self.folder, self.count_file = folder, folder / "count.json"
        self.arrays = {}
        fresh = not self.count_file.exists()
        if fresh and capacity is None:
            raise FileNotFoundError(f"no cache in {folder}")
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*FIELDS, *PLAIN):
            file = folder / f"{name}.npy"
            if fresh:
                shape, dtype = types[name]
                self.arrays[name] = np.lib.format.open_memmap(file, "w+", dtype, (capacity, *shape))
            else:
                self.arrays[name] = np.load(file, mmap_mode="r+" if capacity is not None else "r")
        self.capacity = len(self.arrays["meta"])
        if fresh:
            self.save(0, 0)

    def counts(self) -> tuple[int, int]:
        """Windows stored, and windows tried (a clip without a usable person stores none)."""
        content = json.loads(self.count_file.read_text())
        return content["count"], content["tried"]

    def save(self, count: int, tried: int) -> None:
        """Flushes, then says how many there are."""
        for array in self.arrays.values():
            array.flush()
        temporary = self.count_file.with_suffix(".tmp")
        temporary.write_text(json.dumps({"count": count, "tried": tried}) + "\n")
        temporary.replace(self.count_file)

    def write(self, at: int, values: dict[str, np.ndarray]) -> None:
        """One window."""
        for name, value in values.items():
            self.arrays[name][at] = value
