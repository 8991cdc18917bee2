"""The manifest of a pack: what the graphs take and give, geometry, how coordinates are noised and drawn, training, accuracy."""

from dataclasses import asdict
from pathlib import Path
from typing import Callable

from ..common.crop import CELLS, PADDING
from ..diffpose_video.graphs import DTYPES
from ..diffpose_video.manifest import DATA, DATA_LICENSE, value
from .graphs import encode_inputs, map_shapes
from .hrnet import DEVIATION, MEAN
from .model import ModelConfig
from .sampler import LEAST, START
from .structure import STEPS

COMMANDS = [
    "python -m diffpose_training.diffpose_video.cache --clips runs/synth/train --split train --windows 12000",
    "python -m diffpose_training.diffusionpose.train",
    "python -m diffpose_training.diffusionpose.calibration",
    "python -m diffpose_training.diffusionpose.export",
]


def ports(config: ModelConfig) -> dict[str, dict]:
    """Inputs and outputs of both graphs."""

    def maps(axis: str) -> list[dict]:
        return [value(name, [axis, *shape]) for name, shape in map_shapes(config).items()]

    heat = ["states", config.set.count, *config.grid]
    return {
        "encode": {"inputs": [value(name, ["people", *shape]) for name, shape in encode_inputs(config).items()], "outputs": maps("people")},
        "denoise": {
            "inputs": [value("noisy", heat), value("masks", ["states", 2, *config.grid]), value("step", ["states"]), *maps("maps")],
            "outputs": [value("clean", heat)],
        },
    }


def backbone(config: ModelConfig) -> dict:
    """Where the encoder's inputs come from."""
    if config.backbone == "movenet":
        return {"pack": "movenet-thunder", "graph": "person", "heatmaps": "logits of keypoint_heatmap"}
    return {"mean": list(MEAN), "deviation": list(DEVIATION), "range": "pixels 0..1, less the mean, over the deviation"}


def manifest(
    files: dict[str, dict[str, Path]], sha256: Callable[[Path], str], config: ModelConfig, saved: dict, version: str, accuracy: list[dict],
    scales: dict[str, list[float]], notes: str,
) -> dict:  # fmt: skip
    """The content of manifest.json."""
    stated, structure = ports(config), config.structure
    graphs = {
        name: {dtype: {"file": by[dtype].name, "bytes": by[dtype].stat().st_size, "sha256": sha256(by[dtype])} for dtype in DTYPES} | stated[name]
        for name, by in files.items()
    }
    return {
        "format": "diffpose-pack/1", "name": "diffusionpose", "version": version, "system": "diffusionpose",
        "describe": "Heatmaps of one person in a still picture, by diffusion of coordinates guided by the structure of the body", "license": "MIT",
        "skeleton": config.joints, "joints": config.set.count,
        "input": {
            "backbone": backbone(config), "side": list(config.side), "padding": PADDING, "square": config.side[0] == config.side[1],
        },
        "heatmap": {
            "height": config.grid[0], "width": config.grid[1], "stride": config.stride, "sigma": structure.sigma * config.grid[0] / CELLS, "peak": 1,
            "coordinates": "cells, continuous: the centre of the first cell is 0.5; pixels of the crop are cells times the stride",
            "decode": "strongest cell, parabola through logarithms; score: its value",
        },
        "structure": {
            "keypointReach": structure.keypoint * config.grid[0] / CELLS, "limbReach": structure.limb * config.grid[0] / CELLS, "soft": structure.soft,
            "limbs": [list(limb) for limb in config.set.limbs], "least": LEAST, "masks": "keypoints, skeleton: 1 up to the reach, cells, else 0",
        },
        "diffusion": {
            "steps": STEPS, "schedule": "cosine", "offset": 0.008, "maxBeta": 0.999, "prediction": "x0", "scale": structure.zeta, "eta": 0,
            "state": "coordinates -1..1 over the grid times the scale; clamped to the scale and drawn as Gaussians",
            "defaultSampler": "feedback", "defaultSteps": 2, "start": START, "defaultHypotheses": 1,
            "step": "t - 1, t from 1 to steps",
            "maps": "first axis 1 (one crop, broadcast over its states) or as many as noisy has",
        },
        "sigmaScale": scales,
        "storage": {"fp16": "float16 weights, float32 arithmetic", "q8": "weights of convolutions stored as int8, others as float16; float32 arithmetic"},
        "graphs": graphs,
        "training": {
            "data": DATA, "license": DATA_LICENSE, "steps": saved["step"], "settings": saved["train"], "model": asdict(config),
            "states": saved["model"]["diffusion"], "commands": COMMANDS, "notes": notes,
        },
        "accuracy": accuracy,
    }  # fmt: skip
