"""The manifest of a pack: what the graphs take and give, geometry, how coordinates are noised and drawn, training, accuracy."""

from dataclasses import asdict

from ..common.crop import CELLS, PADDING
from ..common.manifest import DATA, DATA_LICENSE, graph_entries, value, values
from ..common.packs import Files
from .graphs import encode_inputs, map_shapes
from .hrnet import DEVIATION, MEAN
from .model import ModelConfig
from .sampler import DEFAULT, LEAST, START
from .structure import STEPS

COMMANDS = [
    "python -m diffpose_training.diffusionpose.stills --clips runs/synth/train --split train --stills 8000",
    "python -m diffpose_training.diffusionpose.stills --clips runs/diffpose_video/real_train --split train --name real_train --stills 2400",
    "python -m diffpose_training.diffusionpose.train --cache runs/diffusionpose/cache --train train=0.6 real_train=0.4",
    "python -m diffpose_training.diffusionpose.calibration --cache runs/diffusionpose/cache/val",
    "python -m diffpose_training.diffusionpose.export",
]


def ports(config: ModelConfig) -> dict[str, dict]:
    """Inputs and outputs of both graphs."""
    heat, maps = ["states", config.set.count, *config.grid], map_shapes(config)
    return {
        "encode": {"inputs": values(encode_inputs(config), "people"), "outputs": values(maps, "people")},
        "denoise": {
            "inputs": [value("noisy", heat), value("masks", ["states", 2, *config.grid]), value("step", ["states"]), *values(maps, "maps")],
            "outputs": [value("clean", heat)],
        },
    }


def backbone(config: ModelConfig) -> dict:
    """Where the encoder's inputs come from."""
    if config.backbone == "movenet":
        return {"pack": "movenet-thunder", "graph": "person", "heatmaps": "logits of keypoint_heatmap"}
    return {"mean": list(MEAN), "deviation": list(DEVIATION), "range": "pixels 0..1, less the mean, over the deviation"}


def manifest(
    files: Files, config: ModelConfig, saved: dict, version: str, accuracy: list[dict], scales: dict[str, list[float]], dtypes: list[dict], notes: str
) -> dict:  # fmt: skip
    """The content of manifest.json."""
    structure = config.structure
    return {
        "format": "diffpose-pack/1", "name": "diffusionpose", "version": version, "system": "diffusionpose",
        "describe": "Heatmaps of one person in a still picture, by diffusion of coordinates guided by the structure of the body", "license": "MIT",
        "skeleton": config.joints, "joints": config.set.count,
        "input": {
            "backbone": backbone(config), "side": list(config.side), "padding": PADDING, "square": config.side[0] == config.side[1],
            "centre": config.centre or None,
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
            "defaultSampler": DEFAULT["sampler"], "defaultSteps": DEFAULT["steps"], "start": START, "defaultHypotheses": 1,
            "fed": "drawn" if DEFAULT["again"] else "answered",
            "step": "t - 1, t from 1 to steps",
            "maps": "first axis 1 (one crop, broadcast over its states) or as many as noisy has",
        },
        "sigmaScale": scales,
        "storage": {"fp16": "float16 weights, float32 arithmetic", "q8": "weights of convolutions stored as int8, others as float16; float32 arithmetic"},
        "graphs": graph_entries(files, ports(config)),
        "training": {
            "data": DATA, "license": DATA_LICENSE, "steps": saved["step"], "settings": saved["train"], "model": asdict(config),
            "states": saved["model"]["diffusion"], "commands": COMMANDS, "notes": notes,
        },
        "accuracy": accuracy,
        "dtypes": dtypes,
    }  # fmt: skip
