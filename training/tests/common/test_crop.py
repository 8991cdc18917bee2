"""Crops: geometry, borders, reduction."""

import numpy as np
import pytest

from diffpose_training.common.crop import crop_of, mirror_points, sample_crop

ROUNDING = 1e-3  # float32 pixels


def test_a_crop_of_its_own_size_gives_the_pixels_back():
    picture = np.random.default_rng(0).integers(0, 255, (256, 256, 3)).astype(np.uint8)
    crop = crop_of((0, 0, 256, 256), padding=1)
    np.testing.assert_allclose(sample_crop(picture, crop), picture, atol=ROUNDING)


def test_a_crop_is_black_outside_and_a_square_about_the_middle_of_the_box():
    crop = crop_of((10, 20, 40, 80))
    assert crop.scale == pytest.approx(80 * 1.25 / 256)
    np.testing.assert_allclose(crop.to_frame(np.array([128.0, 128.0])), (30, 60))
    np.testing.assert_allclose(crop.to_crop(crop.to_frame(np.array([3.0, 250.0]))), (3, 250))
    pixels = sample_crop(np.full((100, 40, 3), 200, np.uint8), crop)
    assert pixels[128, 128, 0] == pytest.approx(200) and not pixels[0, 0].any()


def test_a_strong_reduction_sees_every_pixel():
    picture = np.zeros((1024, 1024, 3), np.uint8)
    picture[::2] = 200
    assert np.ptp(sample_crop(picture, crop_of((0, 0, 1024, 1024), padding=1))) < ROUNDING


def test_mirroring_twice_changes_nothing():
    points = np.random.default_rng(0).uniform(0, 256, (17, 3))
    np.testing.assert_allclose(mirror_points(mirror_points(points, 256), 256), points)
