"""Writes random checkpoints in the published layout, to try the import without the real files.

    python -m diffpose_training.diffpose_3d.official.example --kind video --out DIR
"""

import argparse
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from .graformer import GCNdiff, GCNpose
from .mixste import MixSTE2


Network = TypeVar("Network", bound=nn.Module)


def randomise(network: Network, seed: int) -> Network:
    """Fills every parameter with small random numbers, so that no two look alike and no layer is the identity."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if name.endswith("A_hat"):  # degrees must stay positive
                parameter.copy_(torch.eye(len(parameter)) + 0.1 * noise.abs())
            elif name.endswith("a_2") or (name.endswith("weight") and parameter.dim() == 1):
                parameter.copy_(1 + 0.1 * noise)
            else:
                fan = parameter.shape[-2] if "gconv" in name and parameter.dim() == 4 else parameter.shape[-1]
                # The last layer is small, so that poses and noise come out about as large as a body in metres.
                scale = 0.1 if name.startswith(("gconv_output", "head.1")) else 0.7
                parameter.copy_(noise / max(fan, 1) ** 0.5 * scale)
    return network


def list_layout(network: nn.Module, *, parallel: bool = True, average: bool = True) -> list[object]:
    """[weights, optimiser, epoch, step, running average], as the diffusion runners save it."""
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    sum(parameter.sum() for parameter in network.parameters()).backward()
    optimiser.step()  # gives the optimiser a state, as in a real file
    states = [_wrap(network, parallel), optimiser.state_dict(), 7, 1234]
    if average:
        # Kept by bare names: the average is taken inside the data-parallel wrapper.
        states.append({key: value.detach() * 0.5 for key, value in network.named_parameters()})
    return states


def video_layout(network: nn.Module, *, parallel: bool = True) -> dict[str, object]:
    """Dictionary with `model_pos` and the random state of the training run, as the video lifter is saved."""
    return {
        "epoch": 3,
        "lr": np.float64(4e-5),
        "random_state": np.random.RandomState(1234),
        "optimizer": torch.optim.Adam(network.parameters()).state_dict(),
        "model_pos": _wrap(network, parallel),
    }


def _wrap(network: nn.Module, parallel: bool) -> dict[str, Tensor]:
    prefix = "module." if parallel else ""
    return {prefix + key: value.clone() for key, value in network.state_dict().items()}


def write_pair(
    kind: str, folder: Path, *, width: int = 96, layers: int = 5, frames: int = 243, lifter_width: int = 512,
    lifter_layers: int = 8, seed: int = 1,
) -> tuple[Path, Path]:  # fmt: skip
    """Writes lifter and denoiser of `kind` (frame or video) and returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    denoiser = folder / f"diffpose_{kind}.pth"
    torch.save(list_layout(randomise(GCNdiff(width, layers), seed)), denoiser)
    if kind == "frame":
        lifter = folder / "gcn_xyz.pth"
        torch.save(list_layout(randomise(GCNpose(width, layers), seed + 1)), lifter)
    else:
        lifter = folder / "mixste.bin"
        network = MixSTE2(frames, lifter_width, lifter_layers, 2 * lifter_width)
        torch.save(video_layout(randomise(network, seed + 1)), lifter)
    return lifter, denoiser


def main(arguments: list[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=["frame", "video"], default="frame")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--width", type=int, default=96, help="width of the graph networks (a multiple of 4)")
    parser.add_argument("--layers", type=int, default=5, help="layers of the graph networks")
    parser.add_argument("--frames", type=int, default=243, help="window of the video lifter")
    parser.add_argument("--lifter-width", type=int, default=512, help="width of the video lifter (a multiple of 8)")
    parser.add_argument("--lifter-layers", type=int, default=8, help="layers of the video lifter")
    options = vars(parser.parse_args(arguments))
    for path in write_pair(options.pop("kind"), options.pop("out"), **options):
        print(path)


if __name__ == "__main__":
    main()
