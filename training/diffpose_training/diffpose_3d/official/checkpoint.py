"""Reading a published checkpoint without running what is pickled in it.

Layouts: the denoiser and the frame lifter are a list [weights, optimiser, epoch, step, running average]; the video
lifter is a dictionary with its weights under `model_pos`; a bare dictionary of tensors is read too. Keys may carry the
prefix `module.` of a data-parallel wrapper.
"""

import pickle
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

Weights = Literal["raw", "ema"]
PREFIX = "module."


class CheckpointError(ValueError):
    """A checkpoint cannot be used. The message names the file, the key, the rule and the value."""


class Discarded:
    """Stands for an object that we have no use for; takes any state and forgets it."""

    def __init__(self, *_: object) -> None:
        pass

    def __setstate__(self, _: object) -> None:
        pass


# The video lifter's file holds the NumPy random state of its training run, which the safe unpickler refuses. Its parts
# are read as `Discarded`: nothing of NumPy is called, and every other name stays refused.
_NUMPY_STATE = [
    (Discarded, name)
    for name in (
        "numpy.random._pickle.__randomstate_ctor",
        "numpy.random._pickle.__generator_ctor",
        "numpy.random._pickle.__bit_generator_ctor",
        "numpy.random._mt19937.MT19937",
        "numpy.random.__RandomState_ctor",
        "numpy.core.multiarray._reconstruct",
        "numpy._core.multiarray._reconstruct",
        "numpy.core.multiarray.scalar",
        "numpy._core.multiarray.scalar",
        "numpy.ndarray",
        "numpy.dtype",
        "_codecs.encode",
    )
]


def read_weights(path: Path, weights: Weights = "raw") -> dict[str, Tensor]:
    """The tensors of a checkpoint by key, on the CPU, float32, without the data-parallel prefix.

    `ema` takes the running average of the list layout instead of the last weights.
    """
    states = _find_states(path, _load(path), weights)
    if not isinstance(states, dict) or not states:
        raise CheckpointError(f"{path}: the weights must be a dictionary of tensors: {_describe(states)}")
    found: dict[str, Tensor] = {}
    wrapped = all(isinstance(key, str) and key.startswith(PREFIX) for key in states)
    for key, value in states.items():
        if not isinstance(key, str) or not isinstance(value, Tensor):
            raise CheckpointError(f"{path}: {key!r}: every value must be a tensor: {_describe(value)}")
        if not value.dtype.is_floating_point:
            raise CheckpointError(f"{path}: {key!r}: every tensor must hold floating-point numbers: {value.dtype}")
        value = value.detach().to(torch.float32)
        if not torch.isfinite(value).all():
            count = int((~torch.isfinite(value)).sum())
            raise CheckpointError(f"{path}: {key!r}: every number must be finite: {count} are not")
        found[key.removeprefix(PREFIX) if wrapped else key] = value
    return found


def _load(path: Path) -> object:
    if not path.is_file():
        raise CheckpointError(f"{path}: a checkpoint must be a file: nothing there")
    try:
        with torch.serialization.safe_globals(_NUMPY_STATE):
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # what a damaged file raises differs by its damage and by the version of PyTorch
        if isinstance(error, pickle.UnpicklingError) and "GLOBAL" in str(error):
            # Only the line that names what was refused: the rest advises to switch the protection off.
            reason = next(line.strip() for line in str(error).splitlines() if "GLOBAL" in line)
            raise CheckpointError(f"{path}: a checkpoint must hold tensors and plain values only: {reason}") from error
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise CheckpointError(f"{path}: the file must be a whole PyTorch checkpoint: {reason}") from error


def _find_states(path: Path, content: object, weights: Weights) -> object:
    if isinstance(content, list | tuple):
        index = 0 if weights == "raw" else 4
        if len(content) <= index:
            rule = f"the list must have an entry {index} ({'weights' if index == 0 else 'running average'})"
            raise CheckpointError(f"{path}: {rule}: {len(content)} entries")
        return content[index]
    if weights == "ema":
        rule = "a running average is read from the list layout [weights, optimiser, epoch, step, average] only"
        raise CheckpointError(f"{path}: {rule}: {_describe(content)}")
    if isinstance(content, dict) and "model_pos" in content:
        return content["model_pos"]
    return content


def _describe(value: object) -> str:
    if isinstance(value, dict):
        return f"dictionary with {len(value)} entries"
    return type(value).__name__
