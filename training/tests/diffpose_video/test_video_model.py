"""Acceptance tests of the paper's section: shapes, noising, DDIM, seeds, sets, time is used, it can learn, graphs agree."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from diffpose_training.common.batches import Batch
from diffpose_training.common.diffusion import add_noise, cosine_alphas, ddim_step, step_list
from diffpose_training.common.heatmaps import draw
from diffpose_training.common.packs import Pack
from diffpose_training.diffpose_video.graphs import encode_inputs, example, export_models
from diffpose_training.diffpose_video.model import Denoise, DiffposeVideo, ModelConfig
from diffpose_training.diffpose_video.sampler import STEPS, heatmaps_of, sample, to_state
from diffpose_training.diffpose_video.train import DiffusionConfig, loss_in_parts, loss_of_batch

SINGLE = 1e-4  # float32 sums in another order
HALF = 0.02  # half-precision weights, maps of size 1
STATISTICS = 1e-3  # of 17 x 64 x 64 x 40 normal numbers: 3.5 deviations of the mean
TINY = ModelConfig(width=24, layers=1, heads=2, hidden=48, channels=(16, 8, 8), noisy=(16, 8), output=8)


def model_of(config: ModelConfig = TINY, seed: int = 0) -> DiffposeVideo:
    """A network whose last layers are not zero, so that its inputs matter."""
    torch.manual_seed(seed)
    model = DiffposeVideo(config)
    for weight in model.parameters():
        if not weight.any():
            torch.nn.init.normal_(weight, std=0.1)
    return model.eval()


def batch_of(size: int, seed: int = 0) -> Batch:
    """Random features and points."""
    rng = torch.Generator().manual_seed(seed)
    points = 8 + 48 * torch.rand(size, 17, 2, generator=rng)
    ones = torch.ones(size, 17)
    own = torch.full((size, TINY.frames, 17, 3), 32.0)
    return Batch(example(TINY, size, seed), points, ones, ones, own[:, 2], torch.zeros(size, 6), torch.zeros(size, 5), own)


def test_shapes_of_the_shipped_configuration():
    model = model_of(ModelConfig())
    maps = model.encode(*example(model.config, 2))
    assert [tuple(m.shape) for m in maps] == [(2, 17, 64, 64), (2, 192, 16, 16), (2, 64, 32, 32), (2, 32, 64, 64)]
    assert model.denoise(torch.randn(2, 17, 64, 64), torch.tensor([999.0, 0.0]), *maps).shape == (2, 17, 64, 64)


def test_one_window_is_broadcast_over_its_sets():
    model, noisy, step = model_of(), torch.randn(3, 17, 64, 64), torch.tensor([999.0, 499.0, 3.0])
    with torch.no_grad():
        maps = model.encode(*example(TINY, 1))
        together = model.denoise(noisy, step, *maps)
        apart = torch.cat([model.denoise(noisy[i : i + 1], step[i : i + 1], *maps) for i in range(3)])
    torch.testing.assert_close(together, apart, atol=SINGLE, rtol=SINGLE)


def test_schedule_is_that_of_the_paper_file():
    alphas = cosine_alphas(STEPS)
    for index, value in ((0, 0.99996), (249, 0.847), (499, 0.494), (749, 0.144), (999, 2.4e-9)):
        assert float(alphas[index]) == pytest.approx(value, rel=0.02, abs=5e-4)
    assert step_list(1, STEPS) == [999] and step_list(2, STEPS) == [999, 499] and step_list(4, STEPS) == [999, 749, 499, 249]


def test_noising_starts_at_the_clean_state_and_ends_in_pure_noise():
    torch.manual_seed(0)
    clean, alphas = to_state(draw(torch.full((40, 17, 2), 30.0))), cosine_alphas(STEPS)
    noise = torch.randn_like(clean)
    last = add_noise(clean, noise, alphas[-1].float())
    assert abs(float(last.mean())) < 2 * STATISTICS and abs(float(last.std()) - 1) < STATISTICS
    first = add_noise(clean, noise, alphas[0].float())
    assert float((first - clean).abs().mean()) < 0.01


@pytest.mark.parametrize("steps", [1, 2, 4, 16])
def test_an_oracle_ends_on_the_truth(steps):
    truth = draw(torch.rand(2, 17, 2) * 64)
    found = sample(lambda state, step: truth, torch.randn(2, 17, 64, 64), cosine_alphas(STEPS), steps)
    torch.testing.assert_close(found, truth)


def test_ddim_with_an_oracle_meets_the_forward_process_on_the_way():
    alphas, clean = cosine_alphas(STEPS), to_state(draw(torch.full((1, 17, 2), 20.0)))
    noise = torch.randn_like(clean)
    state = add_noise(clean, noise, alphas[999].float())
    middle = ddim_step(state.double(), clean.double(), alphas[999], alphas[499])
    torch.testing.assert_close(middle, add_noise(clean, noise, alphas[499]).double(), atol=SINGLE, rtol=SINGLE)


def test_seeds_decide_the_answer():
    model, inputs = model_of(), example(TINY, 1)
    one, same, other = (heatmaps_of(model, inputs, sets=2, steps=2, seed=seed) for seed in (3, 3, 4))
    assert torch.equal(one, same)
    assert float((one - other).abs().max()) > 0
    assert torch.equal(heatmaps_of(model, inputs, start="zeros", seed=1), heatmaps_of(model, inputs, start="zeros", seed=2))


def test_sets_cost_one_pass_of_the_encoder_and_one_of_the_decoder_each_and_step(monkeypatch):
    model, calls = model_of(), {"encode": 0, "denoise": 0}
    for name in calls:
        part = getattr(model, name)

        def counted(*inputs, name=name, run=part.forward):
            calls[name] += 1
            return run(*inputs)

        monkeypatch.setattr(part, "forward", counted)
    heatmaps_of(model, example(TINY, 1), sets=3, steps=2)
    assert calls == {"encode": 1, "denoise": 6}


def test_the_mean_of_sets_holds_the_sets_of_a_smaller_count():
    model, inputs = model_of(), example(TINY, 1)
    each = heatmaps_of(model, inputs, sets=3, each=True)
    torch.testing.assert_close(heatmaps_of(model, inputs, sets=2), each[:2].mean(0))


def test_other_order_of_the_auxiliary_frames_is_another_answer():
    model, inputs = model_of(), example(TINY, 1)
    order = [4, 1, 2, 3, 0]
    swapped = tuple(value[:, order] if name != "features_4" else value for name, value in zip(encode_inputs(TINY), inputs))
    assert float((heatmaps_of(model, inputs) - heatmaps_of(model, swapped)).abs().max()) > SINGLE


def test_one_frame_ignores_its_neighbours_by_construction():
    model = model_of(replace(TINY, frames=1))
    assert model.encode(*example(model.config, 1))[0].shape == (1, 17, 64, 64)


@pytest.mark.parametrize("lmsfi", ["all", "j1", "off"])
def test_every_way_of_interaction_uses_the_noisy_heatmap(lmsfi):
    model = model_of(replace(TINY, lmsfi=lmsfi))
    inputs = example(TINY, 1)
    assert float((heatmaps_of(model, inputs, seed=1) - heatmaps_of(model, inputs, seed=2)).abs().max()) > 0


def test_an_untrained_network_answers_with_the_smoothed_probabilities_of_the_key_frame():
    torch.manual_seed(0)
    model, inputs = DiffposeVideo(TINY).eval(), example(TINY, 1)
    with torch.no_grad():
        torch.testing.assert_close(heatmaps_of(model, inputs), model.encode.start(inputs[0][:, 2]).clamp(0, 1))


def test_masks_can_fall_below_a_half():
    torch.manual_seed(0)
    with torch.no_grad():
        embedded = Denoise(TINY).look3(torch.randn(4, 17, 64, 64)) - 1  # what a bias may learn
    assert float(torch.sigmoid(embedded.amax(1)).min()) < 0.5


@pytest.mark.parametrize("diffusion", [True, False])
def test_it_learns_a_few_windows_by_heart(diffusion):
    torch.manual_seed(1)
    small = ModelConfig(width=48, layers=1, heads=4, hidden=128, channels=(32, 16, 16), noisy=(16, 8), diffusion=diffusion)
    model, batch, alphas = DiffposeVideo(small), batch_of(2), cosine_alphas(STEPS)
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-3)
    first = None
    for _ in range(40):
        loss, _ = loss_of_batch(model, batch, DiffusionConfig(), alphas, half=False)
        first = first or loss.item()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.7 * first


def test_parts_of_a_batch_give_the_gradient_of_the_whole():
    model, batch, alphas = model_of(replace(TINY, layers=1)), batch_of(4), cosine_alphas(STEPS)  # norms do not learn in eval mode
    batch.weight = torch.ones_like(batch.weight)
    torch.manual_seed(5)
    whole, figures = loss_of_batch(model, batch, DiffusionConfig(), alphas, half=False)
    whole.backward()
    gradients = [None if p.grad is None else p.grad.clone() for p in model.parameters()]
    model.zero_grad()
    torch.manual_seed(5)
    with ThreadPoolExecutor(2) as pool:
        parts, same = loss_in_parts(pool, 2, model, batch, DiffusionConfig(), alphas, False)
    parts.backward()
    assert same["loss"] == pytest.approx(figures["loss"], rel=1e-4)
    for ours, theirs in zip(model.parameters(), gradients):
        if theirs is not None:
            torch.testing.assert_close(ours.grad, theirs, atol=1e-4, rtol=1e-3)


def test_graphs_agree_with_pytorch_on_other_sizes_than_they_were_exported_with(tmp_path):
    model = model_of(replace(TINY, width=32, hidden=64))
    files = export_models(model, tmp_path)
    inputs, noisy, step = example(TINY, 1, seed=4), torch.randn(3, 17, 64, 64), torch.tensor([999.0, 499.0, 0.0])
    with torch.no_grad():
        maps = model.encode(*inputs)
        clean = model.denoise(noisy, step, *maps)
    for dtype, most in (("fp32", SINGLE), ("fp16", HALF), ("q8", 10 * HALF)):
        pack = Pack(files["encode"][dtype], files["denoise"][dtype], model.config, 1)
        found = pack.encode(*inputs)
        for ours, theirs in zip(found, maps):
            np.testing.assert_allclose(ours, theirs, atol=most * float(theirs.abs().max()))
        np.testing.assert_allclose(pack.denoise(noisy, step, *maps), clean, atol=most)
