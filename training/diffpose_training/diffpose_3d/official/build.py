"""From the tensors of a checkpoint to a network: sizes are read from the shapes, then every key is compared."""

import re
from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

import torch
from torch import Tensor, nn

from .checkpoint import CheckpointError
from .graformer import HEADS as GRAPH_HEADS
from .graformer import STATE_CHANNELS, GCNdiff, GCNpose
from .graph import JOINTS
from .mixste import HEADS as MIXSTE_HEADS
from .mixste import MixSTE2

Network = TypeVar("Network", bound=nn.Module)
Kind = Literal["frame", "video"]
Shape = tuple[int | str, ...]  # a name where the checkpoint decides


def build_denoiser(name: str, weights: Mapping[str, Tensor]) -> GCNdiff:
    """The denoiser g of either repository. `name` is the file, for messages."""
    width, layers = _graph_sizes(name, weights, STATE_CHANNELS, "a denoiser reads u, v, x, y, z")
    _read_shape(name, weights, "gconv_layers.0.temb_proj.weight", (width, "step width"))
    return _fill(name, weights, lambda: GCNdiff(width, layers))


def build_lifter(name: str, weights: Mapping[str, Tensor]) -> tuple[Kind, GCNpose | MixSTE2]:
    """The frame lifter or the video lifter, whichever the keys show."""
    if "Spatial_pos_embed" in weights:
        return "video", _build_mixste(name, weights)
    if "gconv_input.weight" not in weights:
        rule = "a lifter must have 'gconv_input.weight' (frame) or 'Spatial_pos_embed' (video)"
        raise CheckpointError(f"{name}: {rule}: the first key is {next(iter(weights))!r}")
    width, layers = _graph_sizes(name, weights, 2, "a lifter reads u, v")
    embedded = any(key.startswith("temb.") for key in weights)
    return "frame", _fill(name, weights, lambda: GCNpose(width, layers, step_embedding=embedded))


def _build_mixste(name: str, weights: Mapping[str, Tensor]) -> MixSTE2:
    _, _, width = _read_shape(name, weights, "Spatial_pos_embed", (1, JOINTS, "width"))
    _, frames, _ = _read_shape(name, weights, "Temporal_pos_embed", (1, "frames", width))
    hidden, _ = _read_shape(name, weights, "STEblocks.0.mlp.fc1.weight", ("hidden", width))
    _check_heads(name, "Spatial_pos_embed", width, MIXSTE_HEADS)
    layers = _count(weights, "STEblocks")
    biased = "STEblocks.0.attn.qkv.bias" in weights
    return _fill(name, weights, lambda: MixSTE2(frames, width, layers, hidden, qkv_bias=biased))


def _graph_sizes(name: str, weights: Mapping[str, Tensor], channels: int, why: str) -> tuple[int, int]:
    key = "gconv_input.weight"
    _, _, found, width = _read_shape(name, weights, key, (3, 1, "channels", "width"))
    if found != channels:
        raise CheckpointError(f"{name}: {key!r}: {why}, so it must have {channels} input channels: {found}")
    _check_heads(name, key, width, GRAPH_HEADS)
    return width, _count(weights, "gconv_layers")


def _check_heads(name: str, key: str, width: int, heads: int) -> None:
    if width % heads or width < 4:
        raise CheckpointError(f"{name}: {key!r}: the width must be a multiple of the {heads} heads: {width}")


def _count(weights: Mapping[str, Tensor], group: str) -> int:
    """One more than the largest index of `group`; a gap shows up as a missing key."""
    indices = [int(found[1]) for key in weights if (found := re.match(rf"{group}\.(\d{{1,3}})\.", key))]
    return max(indices, default=0) + 1


def _read_shape(name: str, weights: Mapping[str, Tensor], key: str, rule: Shape) -> tuple[int, ...]:
    if key not in weights:
        raise CheckpointError(f"{name}: {key!r}: the key must be there: missing")
    shape = tuple(weights[key].shape)
    fits = len(shape) == len(rule) and all(
        isinstance(want, str) or want == size for want, size in zip(rule, shape, strict=True)
    )
    if not fits:
        raise CheckpointError(f"{name}: {key!r}: the shape must be ({', '.join(map(str, rule))}): {shape}")
    return shape


def _fill(name: str, weights: Mapping[str, Tensor], create: Callable[[], Network]) -> Network:
    """Compares first, on tensors without storage, so that a wrong file costs no memory; then loads."""
    with torch.device("meta"):
        expected = create().state_dict()
    for key, value in expected.items():
        _read_shape(name, weights, key, tuple(value.shape))
    for key in weights:
        if key not in expected:
            raise CheckpointError(f"{name}: {key!r}: the network must have a place for every key: it has none")
    network = create()
    network.load_state_dict(dict(weights), strict=True)
    return network.eval()
