"""The whole inference through ONNX Runtime, as the TypeScript side does it: used to measure dtypes."""

from pathlib import Path

import onnxruntime
import torch
from torch import Tensor

from ..common.diffusion import sample
from .mixture import anchor, choose


class Pack:
    """A context and a denoise graph with the statistics of H_K."""

    def __init__(self, context: Path, denoise: Path, alphas: Tensor, stats: dict, threads: int = 2):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.context, self.denoise = (
            onnxruntime.InferenceSession(str(f), options, providers=["CPUExecutionProvider"]) for f in (context, denoise)
        )
        self.alphas, self.stats = alphas, stats

    def run(self, points: Tensor, count: int, steps: int, seed: int = 0) -> Tensor:
        """Poses (N, B, F, 17, 3) of windows (B, F, 17, 3); all hypotheses go through the denoiser as one batch."""
        pose, features = (torch.from_numpy(x) for x in self.context.run(None, {"points": points.numpy()}))
        shape = (count, *pose.shape[:2])
        generator = torch.Generator().manual_seed(seed)
        kernel = choose(self.stats["mixture5"], shape, generator)
        given = anchor(points.expand(*shape, 17, 3), pose.expand(*shape, 17, 3), kernel, self.stats["depthSigma"]).reshape(-1, 17, 10)
        features = features.expand(*shape, *features.shape[-2:]).reshape(-1, *features.shape[-2:])
        fixed = {"anchor": given.numpy(), "features": features.contiguous().numpy()}

        def denoise(state: Tensor, step: Tensor) -> Tensor:
            return torch.from_numpy(self.denoise.run(None, {"state": state.numpy(), "step": step.numpy(), **fixed})[0])

        clean = sample(denoise, torch.randn(len(given), 17, 5, generator=generator), self.alphas, steps)
        xyz = (given[..., :5] + given[..., 5:] * clean)[..., 2:]
        return (xyz - xyz[:, :1]).view(*shape, 17, 3)
