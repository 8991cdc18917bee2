"""From a window to hypotheses: the whole inference of DiffPose-3D in PyTorch."""

import torch
from torch import Tensor

from .denoise_stage import DenoiserModel, start_anchor
from ..common.diffusion import sample
from .mixture import choose


@torch.no_grad()
def hypotheses(
    model: DenoiserModel, points: Tensor, pose: Tensor, features: Tensor, stats: dict,
    count: int = 5, steps: int = 5, start: str = "gmm", mixtures: int = 5, seed: int = 0,
) -> Tensor:  # fmt: skip
    """Poses (N, *S, 17, 3) in metres, hip at zero, of frames with points and pose (*S, 17, 3), features (*S, 17, C).

    Hypothesis n of a seed is the same whatever `count` is.
    """
    shape = points.shape[:-2]
    points, pose, features = (x.reshape(-1, 17, x.shape[-1]) for x in (points, pose, features))
    out = []
    for n in range(count):
        generator = torch.Generator().manual_seed(1_000_000 * seed + n)
        kernel = choose(stats[f"mixture{mixtures}"], (len(points),), generator)
        given = start_anchor(points, pose, kernel, stats, start)
        noise = torch.randn(len(points), 17, 5, generator=generator)
        parts = []
        for w, g, f in zip(noise.split(512), given.split(512), features.split(512)):
            clean = sample(lambda state, step: model.denoise(state, g, f, step), w, model.alphas, steps)
            xyz = (g[..., :5] + g[..., 5:] * clean)[..., 2:]
            parts.append(xyz - xyz[:, :1])
        out.append(torch.cat(parts).view(*shape, 17, 3))
    return torch.stack(out)
