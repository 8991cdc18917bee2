"""The manifest of a pack: what the graphs take and give, geometry, the diffusion's constants, training, accuracy."""

from ..common.crop import CELLS, PADDING, SIDE, STRIDE
from ..common.heatmaps import SIGMA
from ..common.layers import JOINTS
from ..common.manifest import DATA, DATA_LICENSE, graph_entries, value, values
from ..common.packs import Files
from .graphs import encode_inputs, map_shapes
from .model import ModelConfig
from .sampler import SCALE, STEPS

COMMANDS = [
    "python -m diffpose_training.diffpose_video.cache --clips runs/synth/val --split val --windows 480",
    "python -m diffpose_training.diffpose_video.cache --clips runs/synth/train --split train --windows 12000",
    "python -m diffpose_training.diffpose_video.train",
    "python -m diffpose_training.diffpose_video.export",
]
def ports(config: ModelConfig) -> dict[str, dict]:
    """Inputs and outputs of both graphs."""
    heat, maps = ["sets", JOINTS, CELLS, CELLS], map_shapes(config)
    return {
        "encode": {"inputs": values(encode_inputs(config), "windows"), "outputs": values(maps, "windows")},
        "denoise": {"inputs": [value("noisy", heat), value("step", ["sets"]), *values(maps, "maps")], "outputs": [value("clean", heat)]},
    }


def manifest(files: Files, config: ModelConfig, saved: dict, version: str, accuracy: list[dict], scales: list[float], notes: str) -> dict:
    """The content of manifest.json."""
    return {
        "format": "diffpose-pack/1", "name": "diffpose-video", "version": version, "system": "diffpose_video",
        "describe": "Heatmaps of one person in the middle frame of a window, by diffusion on features of movenet-thunder", "license": "MIT",
        "skeleton": "coco17", "joints": 17,
        "input": {
            "backbone": {"pack": "movenet-thunder", "graph": "person", "heatmaps": "logits of keypoint_heatmap"},
            "frames": config.frames, "fps": 25, "key": config.frames // 2, "side": SIDE, "padding": PADDING, "square": True,
            "crop": "one crop for all frames of the window: the key frame's box; at the ends of a clip the nearest frame is repeated",
            "keyOnly": ["features_4"], "centre": config.centre or None,
        },
        "heatmap": {
            "cells": CELLS, "stride": STRIDE, "sigma": SIGMA, "peak": 1,
            "coordinates": "cells, continuous: the centre of the first cell is 0.5; pixels of the crop are cells times the stride",
            "decode": "strongest cell of the mean over sets, parabola through logarithms; score: its value",
        },
        "diffusion": {
            "steps": STEPS, "schedule": "cosine", "offset": 0.008, "maxBeta": 0.999, "prediction": "x0", "scale": SCALE, "eta": 0,
            "state": "scale * (2 H - 1); the answer is clipped to 0..1 before each step", "defaultSteps": 2, "defaultSets": 3,
            "maps": "first axis 1 (one window, broadcast over its sets) or as many as noisy has",
        },
        "sigmaScale": scales,
        "storage": {"fp16": "float16 weights, cast to float32 when the graph is loaded; all arithmetic is float32"},
        "graphs": graph_entries(files, ports(config)),
        "training": {
            "data": DATA, "license": DATA_LICENSE, "steps": saved["step"], "settings": saved["train"], "model": saved["model"],
            "commands": COMMANDS, "notes": notes,
        },
        "accuracy": accuracy,
    }  # fmt: skip
