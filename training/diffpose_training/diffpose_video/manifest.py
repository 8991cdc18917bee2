"""The manifest of a pack: what the graphs take and give, geometry, the diffusion's constants, training, accuracy."""

from pathlib import Path
from typing import Callable

from ..common.crop import CELLS, PADDING, SIDE, STRIDE
from ..common.heatmaps import SIGMA
from .graphs import DTYPES
from .model import ModelConfig
from .sampler import SCALE, STEPS

COMMANDS = [
    "python -m diffpose_training.diffpose_video.cache --clips runs/synth/val --split val --windows 480",
    "python -m diffpose_training.diffpose_video.cache --clips runs/synth/train --split train --windows 12000",
    "python -m diffpose_training.diffpose_video.train",
    "python -m diffpose_training.diffpose_video.export",
]
DATA = (
    "clips rendered from CC0 bodies, clothes and pictures, moved by motions of the CMU Graphics Lab Motion Capture Database (mocap.cs.cmu.edu), "
    "with degradations; real clips under permissive licences (CC BY 4.0 Intel Corporation, BSD 3-Clause pose2sim, Apache-2.0 tfjs-models) "
    "with labels of MoveNet thunder"
)
DATA_LICENSE = "CC0; CMU: free for research and commercial projects, do not resell the data; CC BY 4.0, BSD 3-Clause, Apache-2.0"


def value(name: str, shape: list) -> dict:
    """One input or output."""
    return {"name": name, "dtype": "float32", "shape": shape}


def ports(config: ModelConfig) -> dict[str, dict]:
    """Inputs and outputs of both graphs."""
    f, (c1, c2, c3) = config.frames, config.channels

    def maps(axis: str) -> list[dict]:
        return [
            value("base", [axis, 17, CELLS, CELLS]), value("maps_16", [axis, 2 * c1, 16, 16]), value("maps_32", [axis, 2 * c2, 32, 32]),
            value("maps_64", [axis, 2 * c3, 64, 64]),
        ]  # fmt: skip

    return {
        "encode": {
            "inputs": [
                value("heatmaps", ["windows", f, 17, CELLS, CELLS]), value("features_4", ["windows", 24, 64, 64]),
                value("features_8", ["windows", f, 24, 32, 32]), value("features_16", ["windows", f, 32, 16, 16]),
                value("features_32", ["windows", f, 64, 8, 8]),
            ],
            "outputs": maps("windows"),
        },
        "denoise": {
            "inputs": [value("noisy", ["sets", 17, CELLS, CELLS]), value("step", ["sets"]), *maps("maps")],
            "outputs": [value("clean", ["sets", 17, CELLS, CELLS])],
        },
    }  # fmt: skip


def manifest(
    files: dict[str, dict[str, Path]], sha256: Callable[[Path], str], config: ModelConfig, saved: dict, version: str, accuracy: list[dict], scales: list[float],
    notes: str,
) -> dict:  # fmt: skip
    """The content of manifest.json."""
    stated = ports(config)
    graphs = {
        name: {dtype: {"file": by[dtype].name, "bytes": by[dtype].stat().st_size, "sha256": sha256(by[dtype])} for dtype in DTYPES} | stated[name]
        for name, by in files.items()
    }
    return {
        "format": "diffpose-pack/1", "name": "diffpose-video", "version": version, "system": "diffpose_video",
        "describe": "Heatmaps of one person in the middle frame of a window, by diffusion on features of movenet-thunder", "license": "MIT",
        "skeleton": "coco17", "joints": 17,
        "input": {
            "backbone": {"pack": "movenet-thunder", "graph": "person", "heatmaps": "logits of keypoint_heatmap"},
            "frames": config.frames, "fps": 25, "key": config.frames // 2, "side": SIDE, "padding": PADDING, "square": True,
            "crop": "one crop for all frames of the window: the key frame's box; at the ends of a clip the nearest frame is repeated",
            "keyOnly": ["features_4"],
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
        "graphs": graphs,
        "training": {
            "data": DATA, "license": DATA_LICENSE, "steps": saved["step"], "settings": saved["train"], "model": saved["model"],
            "commands": COMMANDS, "notes": notes,
        },
        "accuracy": accuracy,
    }  # fmt: skip
