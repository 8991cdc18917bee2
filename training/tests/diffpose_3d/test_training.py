"""The loop resumes exactly; the denoiser learns; hypotheses differ; the exported graphs agree with PyTorch."""

import json

import numpy as np
import onnxruntime
import pytest
import torch
from test_data import write_clips

from diffpose_training.diffpose_3d import cache as caches
from diffpose_training.diffpose_3d.baseline import Baseline, BaselineConfig
from diffpose_training.diffpose_3d.batches import draw_batch
from diffpose_training.common.calibration import calibration_error
from diffpose_training.diffpose_3d.calibration import AXES, fit_scales, spread_and_error
from diffpose_training.diffpose_3d.data import Mocap
from diffpose_training.diffpose_3d.denoise_stage import DenoiserModel, DiffusionConfig, denoiser_loss
from diffpose_training.diffpose_3d.denoiser import Denoiser, DenoiserConfig
from diffpose_training.diffpose_3d.encoder import Encoder, EncoderConfig
from diffpose_training.diffpose_3d.export import Context, export_models, largest_difference
from diffpose_training.diffpose_3d.losses import pose_loss
from diffpose_training.diffpose_3d.metrics import mpjpe
from diffpose_training.diffpose_3d.onnx_run import Pack
from diffpose_training.diffpose_3d.sampler import hypotheses
from diffpose_training.diffpose_3d.train import tensors
from diffpose_training.common.trainer import TrainConfig, learning_rate, train

SMALL = EncoderConfig(joint_width=16, frame_width=32, stages=1, temporal=1, joint_heads=2, frame_heads=2)
TINY = DenoiserConfig(width=16, blocks=1)
SINGLE = 1e-4  # float32, ONNX Runtime against PyTorch


@pytest.fixture(scope="module")
def mocap(tmp_path_factory):
    return Mocap(write_clips(tmp_path_factory.mktemp("mocap")))


@pytest.fixture(scope="module")
def prepared(mocap):
    """An untrained encoder's cache, its statistics and the encoder."""
    torch.manual_seed(0)
    encoder = Encoder(SMALL).eval()
    cache = caches.build(encoder, mocap, 48, 1)
    return encoder, cache.take(torch.arange(48)), caches.statistics(cache, 1)


def lifter_loss(mocap, config):
    def loss_of(net, step):
        points, target, inside = tensors(draw_batch(mocap, np.random.default_rng((config.seed, step)), config.batch))
        loss, error = pose_loss(net(points)[0], target, inside)
        return loss, {"mpjpe": 1000 * error.item()}

    return loss_of


def test_a_resumed_run_equals_an_undisturbed_one(mocap, tmp_path):
    config = TrainConfig("encoder", steps=6, batch=4, warmup=2, save_every=3, log_every=3)
    run = dict(config=config, loss_of=lifter_loss(mocap, config), model_config={})
    torch.manual_seed(1)
    whole = train(Encoder(SMALL), out=tmp_path / "a", **run)
    torch.manual_seed(1)
    train(Encoder(SMALL), out=tmp_path / "b", stop_after=3, **run)
    torch.manual_seed(2)  # another start: the checkpoint must replace it
    again = train(Encoder(SMALL), out=tmp_path / "b", **run)
    for a, b in zip(whole.parameters(), again.parameters()):
        assert torch.equal(a, b)
    lines = [json.loads(x) for x in (tmp_path / "b" / "encoder.jsonl").read_text().splitlines()]
    assert [x["step"] for x in lines] == [3, 6]


def test_learning_rate_warms_up_and_ends_low():
    config = TrainConfig("encoder", steps=100, warmup=10, lr=1e-3, final_lr=1e-5)
    assert learning_rate(config, 0) == 1e-4
    assert learning_rate(config, 10) == 1e-3
    assert learning_rate(config, 100) == pytest.approx(1e-5)


def test_networks_keep_the_hip_at_zero():
    points = torch.randn(2, 27, 17, 3)
    for net in (Encoder(SMALL), Baseline(BaselineConfig(width=32))):
        pose, _ = net.eval()(points)
        assert pose.shape == (2, 27, 17, 3)
        assert (pose[:, :, 0] == 0).all()


def test_an_untrained_denoiser_answers_the_anchor_whatever_the_noise(prepared):
    _, cache, stats = prepared
    model = DenoiserModel(SMALL, TINY).eval()
    features = model.join(cache.features, cache.points, cache.pose)
    poses = hypotheses(model, cache.points, cache.pose, features, stats, 2, 5)
    assert (poses - cache.pose).abs().max() < 1e-5


def test_the_denoiser_improves_on_the_encoder_and_its_hypotheses_differ(prepared):
    """End to end on made-up figures: 5 px-like detector noise, random cameras, an untrained encoder to better."""
    _, cache, stats = prepared
    torch.manual_seed(3)
    model = DenoiserModel(SMALL, TINY)
    optimiser = torch.optim.Adam(model.parameters(), 5e-3)
    for step in range(60):
        torch.manual_seed(step)
        loss, _ = denoiser_loss(model, cache.take(torch.randint(0, 40, (8,))), stats, DiffusionConfig())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    held = cache.take(torch.arange(40, 48))
    with torch.no_grad():
        features = model.eval().join(held.features, held.points, held.pose)
    poses = hypotheses(model, held.points, held.pose, features, stats, 5, 5)
    assert mpjpe(poses.mean(0), held.target).mean() < 0.9 * mpjpe(held.pose, held.target).mean()
    assert poses.std(0)[..., 1:, :].min() > 0
    first = hypotheses(model, held.points, held.pose, features, stats, 2, 5)
    assert torch.equal(first, poses[:2])  # hypothesis n does not depend on N
    assert torch.isfinite(poses).all()


def test_without_features_the_join_gives_zeros(prepared):
    _, cache, _ = prepared
    model = DenoiserModel(SMALL, DenoiserConfig(width=16, blocks=1, features=False))
    assert (model.join(cache.features[:2], cache.points[:2], cache.pose[:2]) == 0).all()


def test_statistics_describe_the_residuals(prepared):
    _, cache, stats = prepared
    assert stats["mixture5"].shape == (17, 5, 5)
    assert torch.allclose(stats["mixture5"][..., 0].sum(-1), torch.ones(17), atol=1e-5)
    residual = (cache.target - cache.pose)[cache.inside]
    assert torch.allclose(stats["depthSigma"][1:], residual[:, 1:].square().mean(0).sqrt(), atol=1e-4)


def test_exported_graphs_agree_with_pytorch_and_int8_stays_close(prepared, tmp_path):
    encoder, cache, stats = prepared
    model = DenoiserModel(SMALL, DenoiserConfig(width=32, blocks=1)).eval()
    torch.nn.init.normal_(model.denoise.answer.weight.weight, std=0.1)
    context = Context(encoder, model).eval()
    files = export_models(context, model.denoise, tmp_path, 27, 32)  # rounds the context's large weights to half precision
    assert files["context"]["fp32"].stat().st_size < 2.5 * sum(p.numel() for p in context.parameters()) + 200_000
    assert largest_difference(files["context"]["fp32"], context, {"points": cache.points[:3]}) < SINGLE
    inputs = {
        "state": torch.randn(7, 17, 5), "anchor": torch.rand(7, 17, 10) + 0.1, "features": torch.randn(7, 17, 32),
        "step": torch.arange(0, 49, 7.0),
    }  # fmt: skip
    assert largest_difference(files["denoise"]["fp32"], model.denoise, inputs) < SINGLE
    small = onnxruntime.InferenceSession(str(files["denoise"]["q8"]), providers=["CPUExecutionProvider"])
    answer = small.run(None, {k: v.numpy() for k, v in inputs.items()})[0]
    assert answer.dtype == np.float32
    with torch.no_grad():
        assert np.abs(answer - model.denoise(*inputs.values()).numpy()).max() < 0.3  # coarse: 8 bits of random weights
    pack = Pack(files["context"]["fp32"], files["denoise"]["fp32"], model.alphas, stats)
    assert pack.run(cache.points[:2], 3, 5).shape == (3, 2, 27, 17, 3)


def test_denoiser_batches_are_independent():
    torch.manual_seed(5)
    net = Denoiser(TINY).eval()
    torch.nn.init.normal_(net.answer.weight.weight)
    inputs = [torch.randn(4, 17, 5), torch.rand(4, 17, 10) + 0.1, torch.randn(4, 17, 16), torch.tensor([0.0, 9, 30, 49])]
    with torch.no_grad():
        whole = net(*inputs)
        alone = net(*(x[2:3] for x in inputs))
    assert torch.allclose(whole[2:3], alone, atol=1e-5)


def test_calibration_finds_the_true_scale():
    torch.manual_seed(6)
    sigma = torch.rand(1, 4000, 17, 1) * 0.03 + 0.01
    target = torch.zeros(4000, 17, 3)
    poses = 0.5 * sigma * torch.randn(5, 4000, 17, 3) + 1.0 * sigma * torch.randn(1, 4000, 17, 3)
    spread, error = spread_and_error(poses, target)
    scales = fit_scales(spread, error)
    assert 1.8 < scales[1:].mean() < 2.8  # error std / spread std = sqrt(1 + 0.25 / 5) / 0.5
    assert calibration_error(spread[:, 1:] * scales[1:], error[:, 1:], AXES) < 0.03
    assert calibration_error(spread[:, 1:], error[:, 1:], AXES) > 0.2
