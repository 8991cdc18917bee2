"""The golden file of the trained graphs."""

import torch

from ..common.diffusion import cosine_alphas, step_list
from ..common.golden import FORMULA, NOISE, filled, provenance, some_of
from ..common.heatmaps import draw, read_peaks
from ..common.packs import RANGES
from .graphs import encode_inputs, map_shapes
from .model import DiffposeVideo
from .sampler import STEPS, sample


@torch.no_grad()
def golden(model: DiffposeVideo) -> dict:
    """One window, one pass with two sets at two steps, one DDIM run of two steps, and the geometry of heatmaps."""
    shapes = {name: (1, *shape) for name, shape in encode_inputs(model.config).items()}
    inputs = [filled(shapes[name], *RANGES[name], shift=1000 * i) for i, name in enumerate(shapes)]
    maps = model.encode(*inputs)
    noisy, steps = filled((2, 17, 64, 64), *NOISE, shift=7), torch.tensor([999.0, 499.0])
    clean = model.denoise(noisy, steps, *maps)
    start = filled((1, 17, 64, 64), *NOISE, shift=11)
    run = sample(lambda z, t: model.denoise(z, t, *maps), start, cosine_alphas(STEPS), 2)
    alphas, list_of = cosine_alphas(STEPS), {str(n): step_list(n, STEPS) for n in (1, 2, 4, 8)}
    points = torch.tensor([[10.25, 20.7], [40.5, 33.1]])
    return {
        "provenance": provenance("diffpose_video.export"),
        "formula": FORMULA,
        "inputs": {n: {"shape": list(shapes[n]), "low": RANGES[n][0], "high": RANGES[n][1], "shift": 1000 * i} for i, n in enumerate(shapes)},
        "encode": {name: some_of(value) for name, value in zip(map_shapes(model.config), maps)},
        "denoise": {"noisy": {"shape": [2, 17, 64, 64], "low": NOISE[0], "high": NOISE[1], "shift": 7}, "step": steps.tolist(), "clean": some_of(clean)},
        "ddim": {
            "noisy": {"shape": [1, 17, 64, 64], "low": NOISE[0], "high": NOISE[1], "shift": 11}, "steps": 2,
            "heatmaps": some_of(run), "peaks": [[round(float(v), 5) for v in peak] for peak in read_peaks(run)[0]],
        },
        "schedule": {"at": [0, 1, 249, 499, 749, 998, 999], "alphaBar": [float(f"{alphas[i]:.12g}") for i in (0, 1, 249, 499, 749, 998, 999)], "stepList": list_of},
        "gaussian": {"points": points.tolist(), "sigma": 2.0, "maps": some_of(draw(points))},
    }  # fmt: skip
