"""The training loop all stages share: seeded batches, AdamW, warm-up and cosine, moving average, checkpoints that resume.

Batch number `step` is drawn from the generator (seed, step), so a resumed run sees the batches of an undisturbed one.
"""

import copy
import json
import math
import time
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Callable

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class TrainConfig:
    """Settings of one training run."""

    stage: str
    steps: int
    batch: int = 32
    lr: float = 1e-3
    final_lr: float = 1e-5
    warmup: int = 200
    weight_decay: float = 0.01
    clip: float = 1.0  # gradient norm
    ema: float = 0.999
    seed: int = 1
    log_every: int = 50
    save_every: int = 250


def learning_rate(config: TrainConfig, step: int) -> float:
    """Linear warm-up, then a cosine from lr to final_lr."""
    if step < config.warmup:
        return config.lr * (step + 1) / config.warmup
    part = (step - config.warmup) / max(1, config.steps - config.warmup)
    return config.final_lr + (config.lr - config.final_lr) * (1 + math.cos(math.pi * min(1.0, part))) / 2


@torch.no_grad()
def update_average(average: nn.Module, net: nn.Module, step: int, decay: float) -> None:
    """Moving average of weights; young averages forget faster. Buffers are copied."""
    decay = min(decay, (1 + step) / (10 + step))
    torch._foreach_lerp_(list(average.parameters()), list(net.parameters()), 1 - decay)
    for ours, theirs in zip(average.buffers(), net.buffers()):
        ours.copy_(theirs)


def save_checkpoint(file: Path, **content) -> None:
    """Writes beside, then renames: a kill never leaves half a checkpoint."""
    torch.save(content, file.with_suffix(".tmp"))
    file.with_suffix(".tmp").replace(file)


def load_average(file: Path, net: nn.Module) -> nn.Module:
    """`net` with the averaged weights of a checkpoint, in evaluation mode."""
    net.load_state_dict(torch.load(file, weights_only=True)["average"])
    return net.eval()


def load_trained(file: Path, build: Callable[[dict], nn.Module]) -> nn.Module:
    """The network that `build` makes of a checkpoint's settings, with its averaged weights, for evaluation."""
    return load_average(file, build(torch.load(file, weights_only=True)["model"]["model"])).to(memory_format=torch.channels_last)


def trained_steps(file: Path) -> int:
    """How many steps a checkpoint was trained for."""
    return torch.load(file, weights_only=True)["step"]


def in_parts(
    pool: Executor, parts: int, net: nn.Module, loss_of_part: Callable[[slice, int], tuple[Tensor, dict[str, float]]]
) -> tuple[Tensor, dict[str, float]]:  # fmt: skip
    """The same loss from parts of a batch (every `parts`-th row from the index on), each computed and derived in a thread of its own: on a busy
    processor that is faster than threads inside of every operation. The returned value has the right gradient, not the right value; batch norms see parts,
    in the order in which threads come to them: such a run does not repeat to the bit."""
    weights = [p for p in net.parameters() if p.requires_grad]

    def one(index: int) -> tuple[list[Tensor | None], dict[str, float]]:
        loss, found = loss_of_part(slice(index, None, parts), index)
        return list(torch.autograd.grad(loss, weights, allow_unused=True)), found

    answers = list(pool.map(one, range(parts)))
    total = sum((w * g).sum() for gradients, _ in answers for w, g in zip(weights, gradients) if g is not None) / parts
    return total, {key: sum(found[key] for _, found in answers) / parts for key in answers[0][1]}


def train(
    net: nn.Module,
    config: TrainConfig,
    loss_of: Callable[[nn.Module, int], tuple[Tensor, dict[str, float]]],
    out: Path,
    model_config: dict,
    validate: Callable[[nn.Module], dict[str, float]] | None = None,
    stop_after: int | None = None,
) -> nn.Module:
    """Runs (or resumes) one stage; returns the averaged network. Writes OUT/STAGE.pt and OUT/STAGE.jsonl."""
    out.mkdir(parents=True, exist_ok=True)
    file, log = out / f"{config.stage}.pt", out / f"{config.stage}.jsonl"
    average = copy.deepcopy(net).requires_grad_(False)
    optimiser = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=config.lr, weight_decay=config.weight_decay, betas=(0.9, 0.98))
    step, spent = 0, 0.0
    torch.manual_seed(config.seed)
    if file.exists():
        saved = torch.load(file, weights_only=True)
        net.load_state_dict(saved["net"])
        average.load_state_dict(saved["average"])
        optimiser.load_state_dict(saved["optimiser"])
        torch.set_rng_state(saved["rng"])
        step, spent = saved["step"], saved["seconds"]
    else:
        log.write_text("")
    last = config.steps if stop_after is None else min(config.steps, stop_after)
    begun, sums, count = time.time() - spent, {}, 0
    while step < last:
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(config, step)
        net.train()
        loss, figures = loss_of(net, step)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(net.parameters(), config.clip)
        optimiser.step()
        update_average(average, net, step, config.ema)
        step, count = step + 1, count + 1
        for key, value in {**figures, "grad": float(norm)}.items():
            sums[key] = sums.get(key, 0.0) + value
        if step % config.log_every == 0 or step == last:
            line = {"step": step, "seconds": round(time.time() - begun, 1), "lr": learning_rate(config, step)}
            line |= {key: round(value / count, 5) for key, value in sums.items()}
            if validate and (step % config.save_every == 0 or step == last):
                line |= {f"val_{key}": round(value, 5) for key, value in validate(average.eval()).items()}
            with log.open("a") as stream:
                stream.write(json.dumps(line) + "\n")
            print(json.dumps(line), flush=True)
            sums, count = {}, 0
        if step % config.save_every == 0 or step == last:
            save_checkpoint(
                file, net=net.state_dict(), average=average.state_dict(), optimiser=optimiser.state_dict(), step=step,
                seconds=time.time() - begun, rng=torch.get_rng_state(), train=asdict(config), model=model_config,
            )  # fmt: skip
    return average.eval()
