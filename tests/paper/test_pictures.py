"""What a scanner hands over: several files, one of many pages, a zip; and what must be refused."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from diancai.errors import InvalidInput
from diancai.paper.pictures import MOST_PIXELS, pictures_of


def a_file(kind: str, grey: int, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("L", (40, 60), grey).save(out, kind, **options)
    return out.getvalue()


def greys(files: list[tuple[str, bytes]], most: int = 50) -> list[int]:
    return [int(picture.getpixel((5, 5))) for picture in pictures_of(files, most)]  # type: ignore[arg-type]


def test_files_are_taken_by_name_as_people_count() -> None:
    files = [(f"page{number}.png", a_file("PNG", number)) for number in (10, 2, 1)]
    assert greys(files) == [1, 2, 10]


def test_a_tiff_gives_its_pages_in_order() -> None:
    out = io.BytesIO()
    pages = [Image.new("1", (40, 60), grey) for grey in (0, 1, 0)]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="group4")
    assert greys([("all.tif", out.getvalue())]) == [0, 255, 0]


def test_a_zip_is_opened_and_what_systems_leave_in_it_passed_by() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in ("b/11.jpg", "b/9.jpg"):
            packed.writestr(name, a_file("JPEG", int(name[2:-4]) * 10))
        packed.writestr("__MACOSX/b/._9.jpg", b"litter")
    assert greys([("batch.zip", out.getvalue())]) == [90, 110]


def test_a_photo_is_turned_as_its_camera_says() -> None:
    photo = Image.new("L", (40, 60), 200)
    exif = photo.getexif()
    exif[0x0112] = 6
    out = io.BytesIO()
    photo.save(out, "JPEG", exif=exif)
    (picture,) = pictures_of([("photo.jpg", out.getvalue())], 1)
    assert picture.size == (60, 40)


def a_bomb() -> bytes:
    """A PNG whose head promises more pixels than anybody scans."""
    side = int(MOST_PIXELS**0.5) + 1

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "scan.no_picture"),
        (b"%PDF-1.7 not a picture", "scan.no_picture"),
        (a_file("PNG", 9)[:50], "scan.no_picture"),
        (a_file("JPEG", 9)[:200], "scan.no_picture"),
        (a_file("GIF", 9), "scan.no_picture"),
        (a_bomb(), "scan.too_many_pixels"),
        (b"PK\x03\x04 broken", "scan.bad_zip"),
    ],
)
def test_what_cannot_be_opened_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput, match=code) as refused:
        greys([("scan7.png", content)])
    assert refused.value.facts == {"name": "scan7.png"}


def test_more_pictures_than_the_batch_lacks_are_refused() -> None:
    files = [(f"{number}.png", a_file("PNG", number)) for number in range(3)]
    with pytest.raises(InvalidInput, match="scan.too_many"):
        greys(files, most=2)
