"""Times the denoiser in PyTorch as the sampler uses it: N hypotheses of a window's frames, DDIM steps, one batch.

    python -m diffpose_training.diffpose_3d.bench [--batch 135] [--steps 5] [--threads 2] [--repeats 10]

Prints one JSON line. Speed does not depend on the weights, so they are random. `bench/lift_vs_pytorch.ts` runs this beside the same graph
in onnxruntime-web.
"""

import argparse
import json
import time

import torch

from .denoiser import Denoiser
from ..common.diffusion import cosine_alphas, sample
from .skeleton import JOINTS


@torch.inference_mode()
def seconds_per_window(batch: int, steps: int, repeats: int) -> list[float]:
    """Wall time of each of `repeats` samplings of a batch, after two that warm up."""
    torch.manual_seed(0)
    model = Denoiser().eval()
    noise = torch.randn(batch, JOINTS, 5)
    anchor = torch.cat([torch.randn(batch, JOINTS, 5), torch.rand(batch, JOINTS, 5) + 0.05], -1)
    features = torch.randn(batch, JOINTS, model.config.width)
    alphas = cosine_alphas(model.config.steps)
    times = []
    for _ in range(repeats + 2):
        start = time.perf_counter()
        sample(lambda state, step: model(state, anchor, features, step), noise, alphas, steps)
        times.append(time.perf_counter() - start)
    return times[2:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--batch", type=int, default=135, help="frames x hypotheses")
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=10)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    times = seconds_per_window(args.batch, args.steps, args.repeats)
    print(json.dumps({"torch": torch.__version__, "threads": args.threads, "batch": args.batch, "steps": args.steps, "seconds": times}))


if __name__ == "__main__":
    main()
