"""Factors of the error bars of stills, and what the manifest takes of them."""

import json

import numpy as np
import pytest

from diffpose_training.diffusionpose.calibration import PLANS, fitted, scales_of


def test_each_joint_has_its_factor_and_one_that_is_never_known_keeps_one():
    rng = np.random.default_rng(0)
    sigma, factors = rng.uniform(0.5, 2, (4000, 3)), np.array([1.0, 3.0, 2.0])
    error = np.hypot(*rng.normal(0, factors * sigma, (2, 4000, 3)))
    known = np.ones((4000, 3), bool)
    known[:, 2] = False
    found = fitted(sigma, error, known)
    assert found["sigmaScale"] == [pytest.approx(1, rel=0.1), pytest.approx(3, rel=0.1), 1]
    assert found["ece"] < 0.03 < found["eceRaw"]
    assert found["spearman"] > 0.3


def test_the_manifest_takes_ones_before_anything_was_fitted(tmp_path):
    file = tmp_path / "sigma_scale.json"
    assert scales_of(file, 3) == {name: [1, 1, 1] for name in PLANS}
    file.write_text(json.dumps({"samplers": {"feedback": {"sigmaScale": [2, 3, 4]}}}))
    assert scales_of(file, 3) == {"feedback": [2, 3, 4], "coordinates": [1, 1, 1]}
