"""Pictures: drawn anew, small, with nothing of the file that came."""

import io

import pytest
from django.core.cache import cache
from PIL import Image

from chat.domain.errors import Invalid, NotFound, TooLarge
from chat.queries.shapes import people_shapes
from chat.services import pictures
from tests.world import events, say


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    cache.clear()
    settings.UPLOADS = tmp_path
    return tmp_path / "pictures"


def drawing(kind="PNG", size=(640, 480), **options):
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 90)).save(file, kind, **options)
    file.seek(0)
    return file


def avatar(person):
    return people_shapes([person.pk])[person.pk].avatar


def shown(person):
    return pictures.picture(name=avatar(person).rpartition("/")[2])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_every_common_kind_becomes_a_small_square_webp(world, kind):
    pictures.set_picture(actor=world.ben, upload=drawing(kind))
    found = Image.open(io.BytesIO(shown(world.ben)))
    assert (found.format, found.size) == ("WEBP", (256, 256))
    assert events(world.harbour)[-1].member.person.avatar == avatar(world.ben), "open pages are told"
    assert say(world.ben, world.harbour, "look").author.avatar == avatar(world.ben)


def test_where_and_with_what_it_was_taken_is_not_kept(world):
    exif = Image.Exif()
    exif[0x010E], exif[0x0110] = "52.5,13.4 at home", "Camera 9000"
    pictures.set_picture(actor=world.ben, upload=drawing("JPEG", exif=exif, comment=b"secret words"))
    found = Image.open(io.BytesIO(shown(world.ben)))
    assert not found.getexif()
    for secret in (b"at home", b"Camera", b"secret"):
        assert secret not in shown(world.ben)


def test_what_lies_sideways_is_turned(world):
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    half = Image.new("RGB", (512, 512), "white")
    half.paste((0, 0, 0), (0, 0, 256, 512))
    half.save(file, "JPEG", exif=exif)
    file.seek(0)
    pictures.set_picture(actor=world.ben, upload=file)
    found = Image.open(io.BytesIO(shown(world.ben))).convert("L")
    assert found.getpixel((20, 20)) < 60 and found.getpixel((230, 20)) < 60 and found.getpixel((20, 230)) > 200


@pytest.mark.parametrize(
    "data",
    [
        b"", b"hello", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', b"%PDF-1.4",
        b"\x89PNG\r\n\x1a\nbroken", drawing().read()[:200], b"GIF89a\xff\xff\xff\xff",
    ],
    ids=["empty", "text", "svg", "pdf", "no chunks", "cut off", "gif without frames"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_and_leaves_nothing(world, uploads, data):
    with pytest.raises(Invalid) as refused:
        pictures.set_picture(actor=world.ben, upload=io.BytesIO(data))
    assert list(refused.value.fields) == ["picture"]
    assert avatar(world.ben) is None and not uploads.exists()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_small_file_that_would_unpack_to_a_huge_picture_is_refused_unopened(world, monkeypatch):
    bomb = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(bomb, "PNG")
    bomb.seek(0)
    assert len(bomb.getvalue()) < 100_000
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("was unpacked"))
    with pytest.raises(Invalid):
        pictures.set_picture(actor=world.ben, upload=bomb)


def test_what_pillow_itself_takes_for_a_bomb_is_refused(world, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(Invalid):
        pictures.set_picture(actor=world.ben, upload=drawing())


def test_too_many_bytes_are_refused_unread(world):
    class Endless(io.BytesIO):
        def read(self, size=-1):
            assert size == pictures.MOST_BYTES + 1
            return b"x" * size

    with pytest.raises(TooLarge):
        pictures.set_picture(actor=world.ben, upload=Endless())


def test_another_picture_takes_the_place_of_the_former_and_none_remains(world, uploads):
    pictures.set_picture(actor=world.ben, upload=drawing())
    pictures.set_picture(actor=world.ben, upload=drawing(size=(300, 300)))
    pictures.set_picture(actor=world.anna, upload=drawing(size=(300, 300)))
    assert len(list(uploads.iterdir())) == 2
    pictures.remove_picture(actor=world.ben)
    pictures.remove_picture(actor=world.ben)
    assert avatar(world.ben) is None and len(list(uploads.iterdir())) == 1
    assert shown(world.anna)


@pytest.mark.parametrize("name", ["", "../secret_key", "x" * 32 + ".webp", "0" * 32 + ".webp", "0" * 32 + ".svg"])
def test_only_pictures_are_found(world, name):
    with pytest.raises(NotFound):
        pictures.picture(name=name)
