import hashlib
from io import BytesIO

import pytest
from PIL import Image

from idp.domain.proofing.images import LARGEST_FILE, LONGEST_SIDE, clean
from idp.foundation.refusal import Refusal
from tests.domain.proofing.pictures import encoded, flood, from_a_phone, jpeg, polyglot


def refusal_of(content: bytes, shortest_side: int = 0) -> str:
    with pytest.raises(Refusal) as refused:
        clean(content, shortest_side)
    return refused.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_of_a_known_format_becomes_a_jpeg(kind):
    picture = clean(encoded(Image.new("RGB", (640, 480), "red"), kind))
    assert Image.open(BytesIO(picture.content)).format == "JPEG"
    assert (picture.width, picture.height) == (640, 480)


def test_position_camera_and_comment_do_not_survive():
    dirty = from_a_phone()
    assert b"SECRET-CAMERA" in dirty
    opened = Image.open(BytesIO(clean(dirty).content))
    assert not opened.getexif()
    assert not opened.info.keys() & {"exif", "comment", "icc_profile", "xmp"}
    assert b"SECRET" not in clean(dirty).content


@pytest.mark.parametrize(("orientation", "turned"), [(1, False), (3, False), (6, True), (8, True)])
def test_a_photograph_taken_sideways_is_put_upright(orientation, turned):
    picture = clean(from_a_phone(1200, 900, orientation=orientation))
    assert ((picture.width, picture.height) == (900, 1200)) is turned


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "I;16", "L"])
def test_every_kind_of_pixel_is_drawn_anew(mode):
    assert clean(encoded(Image.new(mode, (300, 200)), "PNG")).width == 300


def test_the_page_inside_a_polyglot_dies():
    assert b"<script>" in polyglot()
    assert b"<script>" not in clean(polyglot()).content


def test_a_large_photograph_is_made_smaller():
    picture = clean(jpeg(Image.new("RGB", (6000, 4000))))
    assert max(picture.width, picture.height) == LONGEST_SIDE


def test_the_digest_is_of_what_is_kept():
    picture = clean(from_a_phone())
    assert picture.sha256 == hashlib.sha256(picture.content).hexdigest()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_flood_of_pixels_is_refused_before_it_is_decoded(kind):
    assert refusal_of(flood(kind)) == "proofing.image.too_many_pixels"


def test_a_file_above_ten_megabytes_is_refused():
    assert refusal_of(b"\xff\xd8\xff" + b"\0" * LARGEST_FILE) == "proofing.image.too_big"


@pytest.mark.parametrize("kept", [20, 400, 5000])
def test_a_file_that_ends_too_early_is_refused(kept):
    noisy = Image.effect_noise((800, 600), 90).convert("RGB")
    assert refusal_of(jpeg(noisy)[:kept]) == "proofing.image.damaged"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n",
        b"GIF89a\x01\x00\x01\x00",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"II*\0",
        b"RIFF\0\0\0\0WAVE",
        b"MZ",
        b"\0",
    ],
)
def test_what_is_no_picture_is_refused_by_its_content(content):
    assert refusal_of(content) == "proofing.image.not_an_image"


def test_a_format_hidden_behind_another_signature_is_not_opened():
    hidden = b"\xff\xd8\xff" + encoded(Image.new("RGB", (300, 300)), "GIF")
    assert refusal_of(hidden) == "proofing.image.damaged"


def test_an_empty_file_is_refused():
    assert refusal_of(b"") == "proofing.image.empty"


def test_a_picture_too_small_to_read_is_refused():
    assert refusal_of(jpeg(Image.new("RGB", (399, 900))), 400) == "proofing.image.too_small"
