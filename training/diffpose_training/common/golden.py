"""Golden numbers that hold TypeScript and Python together: inputs by a formula, answers of PyTorch at some places."""

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

NOISE = (-1.7, 1.7)  # low and high of what stands for normal noise
MULTIPLIER = 2654435761
PLACES = 64  # values that are kept of each output
FORMULA = "value[i] = low + (high - low) * u, u = ((i + shift + 1) * 2654435761 mod 2^32, xor its upper 16 bits, times 2654435761 mod 2^32) / 2^32"


def filled(shape: tuple[int, ...], low: float, high: float, shift: int = 0) -> Tensor:
    """Numbers that any language makes alike, float32."""
    count = int(np.prod(shape))
    value = (np.arange(1, count + 1, dtype=np.uint64) + np.uint64(shift)) * np.uint64(MULTIPLIER) & np.uint64(0xFFFFFFFF)
    value = (value ^ (value >> np.uint64(16))) * np.uint64(MULTIPLIER) & np.uint64(0xFFFFFFFF)
    return torch.from_numpy((low + (high - low) * (value.astype(np.float64) / 2**32)).astype(np.float32).reshape(shape))


def some_of(value: Tensor) -> dict:
    """Shape, mean, and values at even places of a flat output."""
    flat = value.detach().double().flatten()
    at = torch.linspace(0, len(flat) - 1, PLACES).long()
    return {
        "shape": list(value.shape), "mean": round(float(flat.mean()), 7), "at": at.tolist(), "values": [round(float(v), 6) for v in flat[at]],
    }  # fmt: skip


def provenance(program: str) -> dict:
    """Where numbers come from."""
    return {"madeBy": f"python -m diffpose_training.{program}", "torch": torch.__version__, "dtype": "float32"}


def write(file: Path, content: dict) -> None:
    """Compact JSON, one line a top-level field."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in content.items())
    file.write_text("{\n" + lines + "\n}\n")
